//! Of each target that was missed: what the time is spent on.

use crate::measured::{ALONE, FLOOR, Measured, OURS, Work};
use crate::tables::name;
use crate::targets::{Case, Target};
use crate::text::{cell, cells, figure, table};

/// What a conditional write needs besides the bare statement, on the stores where it does.
const NEEDS: [(&str, &str); 2] = [("mysql", "floor, a procedure"), ("redis", "floor, a script")];

pub fn misses(measured: &Measured, targets: &[Target<'_>]) -> String {
    let mut text = String::new();
    for target in targets {
        let (in_process, on_stores): (Vec<_>, Vec<_>) =
            target.missed().into_iter().partition(|case| ["api", "memory"].contains(&case.ours.table));
        if in_process.is_empty() && on_stores.is_empty() {
            continue;
        }
        text += &format!("\n**{}**\n", target.claim);
        if !in_process.is_empty() {
            text += "\nNanoseconds · allocations · instructions:\n\n";
            text += &of_instructions(measured, &in_process);
        }
        if !on_stores.is_empty() {
            text += "\nMicroseconds at one client, and in brackets what each step adds:\n\n";
            text += &of_steps(measured, &on_stores);
        }
    }
    if text.is_empty() { "No target was missed.".to_owned() } else { text }
}

fn costs(measured: &Measured, work: Work<'_>, library: &str) -> [Option<f64>; 3] {
    ["ns", "allocations", "instructions"].map(|metric| measured.get(work, library, metric))
}

fn of_instructions(measured: &Measured, missed: &[&Case<'_>]) -> String {
    let layer = costs(measured, Work { table: "memory", row: "layer", keys: 10 }, OURS);
    let has_layer = missed.iter().any(|case| case.ours.row == "unused" && is_ours(case)) && layer[0].is_some();
    let rows = missed.iter().map(|case| {
        let ours = costs(measured, case.ours, OURS);
        let theirs = case.theirs.map_or([None; 3], |(work, library)| costs(measured, work, library));
        let ground = if has_layer { layer } else { theirs };
        let more = [0, 1, 2].map(|at| ours[at].zip(ground[at]).map(|(ours, ground)| ours - ground));
        let mut row = vec![case.label.clone(), cells(theirs)];
        if has_layer {
            row.push(cells(layer));
        }
        row.extend([cells(ours), cells(more)]);
        row
    });
    let head: &[&str] = if has_layer {
        &["", "the router alone", "in a layer that does nothing", "**session**", "more than that layer"]
    } else {
        &["", "compared with", "**session**", "more"]
    };
    table(head, rows.collect())
}

fn is_ours(case: &Case<'_>) -> bool {
    case.theirs.is_some_and(|(_, library)| library == OURS)
}

fn of_steps(measured: &Measured, missed: &[&Case<'_>]) -> String {
    let rivals = missed.iter().any(|case| rival(case).is_some());
    let rows = missed.iter().map(|case| {
        let get = |library| measured.get(case.ours, library, case.metric);
        let needed = NEEDS.into_iter().find(|(table, _)| *table == case.ours.table).and_then(|(_, floor)| get(floor));
        let floor = get(FLOOR);
        let mut row = vec![case.label.clone(), cell(floor)];
        let mut below = floor;
        for step in [needed, get(ALONE), get(OURS)] {
            row.push(match step.zip(below) {
                Some((step, below)) => format!("{} ({:+.1})", figure(step), step - below),
                None => cell(step),
            });
            below = step.or(below);
        }
        if rivals {
            row.push(
                rival(case).map_or("–".to_owned(), |library| format!("{} ({})", cell(get(library)), name(library))),
            );
        }
        row
    });
    let mut head = vec!["", "the bare statement", "in a script or a procedure", "the store alone", "the whole request"];
    if rivals {
        head.push("the rival");
    }
    table(&head, rows.collect())
}

fn rival<'m>(case: &Case<'m>) -> Option<&'static str> {
    case.theirs.map(|(_, library)| library).filter(|library| ![OURS, FLOOR].contains(library))
}
