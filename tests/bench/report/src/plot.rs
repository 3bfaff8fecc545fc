//! The plot: time by number of keys, on logarithmic axes. One panel for each store and kind of request.

use std::fmt::Write;

use crate::markdown::grouped;
use crate::results::{BASELINE, DEFAULT_KEYS, LATENCY, OURS, Results, SIZES, Work};

struct Series {
    label: &'static str,
    /// Alternatives; each panel shows the first one that it has.
    libraries: &'static [&'static str],
    colour: &'static str,
    dashes: &'static str,
}

// The colour-blind safe palette of Okabe and Ito.
const SERIES: [Series; 7] = [
    Series {
        label: "baseline (single statement, router alone)",
        libraries: &[BASELINE],
        colour: "#8a8a8a",
        dashes: "5 4",
    },
    Series { label: "tower-sessions", libraries: &["tower-sessions"], colour: "#e69f00", dashes: "" },
    Series { label: "axum_session, own cache", libraries: &["axum_session"], colour: "#009e73", dashes: "" },
    Series {
        label: "axum_session, no cache",
        libraries: &["axum_session, no cache"],
        colour: "#009e73",
        dashes: "2 4",
    },
    Series {
        label: "actix-session",
        libraries: &["actix-session", "actix-session, map"],
        colour: "#cc79a7",
        dashes: "",
    },
    Series { label: "pavex_session", libraries: &["pavex_session"], colour: "#d55e00", dashes: "" },
    Series { label: OURS, libraries: &[OURS], colour: "#0072b2", dashes: "" },
];
const ROWS: [(&str, &str); 3] = [("memory", "memory store"), ("redis", "Redis"), ("postgres", "PostgreSQL")];
const COLUMNS: [(&str, &str); 2] = [("read", "read one key"), ("write", "write one key")];

const WIDTH: f64 = 920.0;
const HEIGHT: f64 = 1010.0;
const TOP: f64 = 96.0;
const PANEL: (f64, f64) = (370.0, 230.0);
const LEFT: f64 = 72.0;
const PANEL_DISTANCE: (f64, f64) = (440.0, 298.0);

/// The position of a panel, and the powers of ten at the ends of its axis.
struct Panel {
    x: f64,
    y: f64,
    low: f64,
    high: f64,
}

impl Panel {
    fn to_point(&self, keys: f64, us: f64) -> (f64, f64) {
        let up = (us.log10() - self.low) / (self.high - self.low);
        (self.x + 14.0 + (PANEL.0 - 28.0) * keys.log10() / 3.0, self.y + PANEL.1 * (1.0 - up))
    }
}

pub fn render_svg(results: &Results) -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" \
         font-family=\"system-ui, 'Segoe UI', Helvetica, Arial, sans-serif\" font-size=\"13\" fill=\"#333\" role=\"img\">\n\
         <title>Time of a request by number of keys in its session</title>\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"8\" fill=\"#ffffff\"/>\n"
    );
    draw_text(
        &mut svg,
        LEFT,
        30.0,
        "font-size=\"17\" font-weight=\"600\"",
        "Time of a request by number of keys in its session",
    );
    draw_legend(&mut svg, results);
    for (row, (table, store)) in ROWS.into_iter().enumerate() {
        let bounds = axis_bounds(results, table);
        for (column, (request, title)) in COLUMNS.into_iter().enumerate() {
            let (x, y) = (LEFT + PANEL_DISTANCE.0 * column as f64, TOP + 24.0 + PANEL_DISTANCE.1 * row as f64);
            let panel = Panel { x, y, low: bounds.0, high: bounds.1 };
            draw_axes(&mut svg, &panel, &format!("{store}: {title}"));
            for series in &SERIES {
                draw_line(&mut svg, &panel, series, &times(results, table, request, series));
            }
        }
    }
    svg.push_str("</svg>\n");
    svg
}

/// Returns the measured microseconds by number of keys. The baseline of the memory store is a router without sessions.
fn times(results: &Results, table: &str, request: &str, series: &Series) -> Vec<(f64, f64)> {
    let us = |keys, library: &str| match (table, library) {
        ("memory", BASELINE) => {
            results.get(Work { table, row: "bare", keys: DEFAULT_KEYS }, OURS, "ns").map(|ns| ns / 1000.0)
        }
        ("memory", _) => results.get(Work { table, row: request, keys }, library, "ns").map(|ns| ns / 1000.0),
        _ => results.get(Work { table, row: request, keys }, library, LATENCY),
    };
    let times = |library: &&str| SIZES.iter().filter_map(|&keys| Some((keys as f64, us(keys, library)?))).collect();
    series.libraries.iter().map(times).find(|times: &Vec<_>| !times.is_empty()).unwrap_or_default()
}

/// Returns the powers of ten around all values of a row of panels. They share one scale.
fn axis_bounds(results: &Results, table: &str) -> (f64, f64) {
    let all = COLUMNS.iter().flat_map(|(request, _)| {
        SERIES.iter().flat_map(|series| times(results, table, request, series)).map(|(_, us)| us.log10())
    });
    let (low, high) = all.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), us| (low.min(us), high.max(us)));
    if low.is_finite() { (low.floor(), high.ceil().max(low.floor() + 1.0)) } else { (0.0, 3.0) }
}

fn draw_axes(svg: &mut String, panel: &Panel, title: &str) {
    let (right, bottom) = (panel.x + PANEL.0, panel.y + PANEL.1);
    draw_text(svg, panel.x, panel.y - 10.0, "font-weight=\"600\"", title);
    for power in panel.low as i32..=panel.high as i32 {
        let y = panel.to_point(1.0, 10_f64.powi(power)).1;
        draw_grid_line(svg, (panel.x, y), (right, y));
        draw_text(svg, panel.x - 8.0, y + 4.0, "text-anchor=\"end\"", &tick_label(power));
    }
    for keys in SIZES {
        let x = panel.to_point(keys as f64, 1.0).0;
        draw_grid_line(svg, (x, panel.y), (x, bottom));
        let label = if keys == 1 { "1 key".to_owned() } else { grouped(keys as f64) };
        draw_text(svg, x, bottom + 18.0, "text-anchor=\"middle\"", &label);
    }
}

fn tick_label(power: i32) -> String {
    match power {
        ..0 => format!("{} ns", 10_i32.pow((power + 3).max(0) as u32)),
        0..3 => format!("{} µs", 10_i32.pow(power as u32)),
        _ => format!("{} ms", 10_i32.pow(power as u32 - 3)),
    }
}

fn draw_line(svg: &mut String, panel: &Panel, series: &Series, times: &[(f64, f64)]) {
    let Series { colour, dashes, .. } = series;
    let points: Vec<_> = times.iter().map(|(keys, us)| panel.to_point(*keys, *us)).collect();
    let path: Vec<_> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    let width = width(series);
    let _ = writeln!(
        svg,
        "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\" stroke-dasharray=\"{dashes}\"/>",
        path.join(" ")
    );
    if series.libraries != [BASELINE] {
        for (x, y) in points {
            let _ = writeln!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{}\" fill=\"{colour}\"/>", width + 1.0);
        }
    }
}

fn width(series: &Series) -> f64 {
    if series.label == OURS { 3.0 } else { 1.8 }
}

fn draw_legend(svg: &mut String, results: &Results) {
    let is_drawn = |series: &&Series| {
        ROWS.iter().any(|(table, _)| COLUMNS.iter().any(|(row, _)| !times(results, table, row, series).is_empty()))
    };
    // The reverse order: the last series is drawn on top of the others.
    let (mut x, mut y) = (LEFT, 58.0);
    for series in SERIES.iter().rev().filter(is_drawn) {
        let entry_width = 58.0 + 7.0 * series.label.len() as f64;
        if x + entry_width > WIDTH {
            (x, y) = (LEFT, y + 22.0);
        }
        let Series { colour, dashes, .. } = series;
        let width = width(series);
        let _ = writeln!(
            svg,
            "<line x1=\"{x}\" y1=\"{y}\" x2=\"{}\" y2=\"{y}\" stroke=\"{colour}\" stroke-width=\"{width}\" stroke-dasharray=\"{dashes}\"/>",
            x + 28.0
        );
        draw_text(svg, x + 36.0, y + 4.0, "", series.label);
        x += entry_width;
    }
}

fn draw_grid_line(svg: &mut String, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) {
    let _ = writeln!(svg, "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"#e4e4e4\"/>");
}

fn draw_text(svg: &mut String, x: f64, y: f64, style: &str, text: &str) {
    let _ = writeln!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" {style}>{text}</text>");
}
