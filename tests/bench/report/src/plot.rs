//! Cost against the number of keys, on logarithmic axes: a panel for each store and kind of request.

use std::fmt::Write;

use crate::measured::{BEFORE, LATENCY, Measured, OURS, SIZES, Work};
use crate::text::grouped;

struct Series {
    label: &'static str,
    /// The names under which panels know it; the first that is there is drawn.
    libraries: &'static [&'static str],
    colour: &'static str,
    dashes: &'static str,
}

// Okabe and Ito's colours, which people with any kind of colour vision tell apart.
const SERIES: [Series; 8] = [
    Series { label: "floor (bare statement, bare router)", libraries: &["floor"], colour: "#8a8a8a", dashes: "5 4" },
    Series { label: "tower-sessions", libraries: &["tower-sessions"], colour: "#e69f00", dashes: "" },
    Series { label: "axum_session, from its own map", libraries: &["axum_session"], colour: "#009e73", dashes: "" },
    Series {
        label: "axum_session, no cache",
        libraries: &["axum_session, no cache"],
        colour: "#009e73",
        dashes: "2 4",
    },
    Series {
        label: "actix-session",
        libraries: &["actix-session", "actix-session, a map"],
        colour: "#cc79a7",
        dashes: "",
    },
    Series { label: "pavex_session", libraries: &["pavex_session"], colour: "#d55e00", dashes: "" },
    Series { label: BEFORE, libraries: &[BEFORE], colour: "#b0b0b0", dashes: "" },
    Series { label: "session", libraries: &["session"], colour: "#0072b2", dashes: "" },
];
const ROWS: [(&str, &str); 3] = [("memory", "memory store"), ("redis", "Redis"), ("postgres", "PostgreSQL")];
const COLUMNS: [(&str, &str); 2] = [("read", "reading one key"), ("write", "writing one key")];

const WIDTH: f64 = 920.0;
const HEIGHT: f64 = 1010.0;
const TOP: f64 = 96.0;
const PANEL: (f64, f64) = (370.0, 230.0);
const LEFT: f64 = 72.0;
const STEP: (f64, f64) = (440.0, 298.0);

/// Where a panel stands, and the powers of ten between which it draws.
struct Panel {
    x: f64,
    y: f64,
    low: f64,
    high: f64,
}

impl Panel {
    fn at(&self, keys: f64, cost: f64) -> (f64, f64) {
        let up = (cost.log10() - self.low) / (self.high - self.low);
        (self.x + 14.0 + (PANEL.0 - 28.0) * keys.log10() / 3.0, self.y + PANEL.1 * (1.0 - up))
    }
}

pub fn svg(measured: &Measured) -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" \
         font-family=\"system-ui, 'Segoe UI', Helvetica, Arial, sans-serif\" font-size=\"13\" fill=\"#333\" role=\"img\">\n\
         <title>Cost of a request against the keys in its session</title>\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"8\" fill=\"#ffffff\"/>\n"
    );
    put(
        &mut svg,
        LEFT,
        30.0,
        "font-size=\"17\" font-weight=\"600\"",
        "What a request costs, by how many keys its session holds",
    );
    legend(&mut svg, measured);
    for (row, (table, place)) in ROWS.into_iter().enumerate() {
        let bounds = bounds(measured, table);
        for (column, (request, title)) in COLUMNS.into_iter().enumerate() {
            let (x, y) = (LEFT + STEP.0 * column as f64, TOP + 24.0 + STEP.1 * row as f64);
            let panel = Panel { x, y, low: bounds.0, high: bounds.1 };
            axes(&mut svg, &panel, &format!("{place}: {title}"));
            for series in &SERIES {
                line(&mut svg, &panel, series, &costs(measured, table, request, series));
            }
        }
    }
    svg.push_str("</svg>\n");
    svg
}

/// Microseconds, where they were measured. The floor of a store in the process is a router without a session.
fn costs(measured: &Measured, table: &str, request: &str, series: &Series) -> Vec<(f64, f64)> {
    let cost = |keys, library: &str| match (table, library) {
        ("memory", "floor") => measured.get(Work { table, row: "bare", keys: 10 }, OURS, "ns").map(|ns| ns / 1000.0),
        ("memory", _) => measured.get(Work { table, row: request, keys }, library, "ns").map(|ns| ns / 1000.0),
        _ => measured.get(Work { table, row: request, keys }, library, LATENCY),
    };
    let costs = |library: &&str| SIZES.iter().filter_map(|&keys| Some((keys as f64, cost(keys, library)?))).collect();
    series.libraries.iter().map(costs).find(|costs: &Vec<_>| !costs.is_empty()).unwrap_or_default()
}

/// The powers of ten around everything that a row of panels draws: both have one scale.
fn bounds(measured: &Measured, table: &str) -> (f64, f64) {
    let all = COLUMNS.iter().flat_map(|(request, _)| {
        SERIES.iter().flat_map(|series| costs(measured, table, request, series)).map(|(_, cost)| cost.log10())
    });
    let (low, high) = all.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), cost| (low.min(cost), high.max(cost)));
    if low.is_finite() { (low.floor(), high.ceil().max(low.floor() + 1.0)) } else { (0.0, 3.0) }
}

fn axes(svg: &mut String, panel: &Panel, title: &str) {
    let (right, bottom) = (panel.x + PANEL.0, panel.y + PANEL.1);
    put(svg, panel.x, panel.y - 10.0, "font-weight=\"600\"", title);
    for power in panel.low as i32..=panel.high as i32 {
        let y = panel.at(1.0, 10_f64.powi(power)).1;
        rule(svg, (panel.x, y), (right, y));
        put(svg, panel.x - 8.0, y + 4.0, "text-anchor=\"end\"", &time(power));
    }
    for keys in SIZES {
        let x = panel.at(keys as f64, 1.0).0;
        rule(svg, (x, panel.y), (x, bottom));
        let label = if keys == 1 { "1 key".to_owned() } else { grouped(keys as f64) };
        put(svg, x, bottom + 18.0, "text-anchor=\"middle\"", &label);
    }
}

fn time(power: i32) -> String {
    match power {
        ..0 => format!("{} ns", 10_i32.pow((power + 3).max(0) as u32)),
        0..3 => format!("{} µs", 10_i32.pow(power as u32)),
        _ => format!("{} ms", 10_i32.pow(power as u32 - 3)),
    }
}

fn line(svg: &mut String, panel: &Panel, series: &Series, costs: &[(f64, f64)]) {
    let Series { colour, dashes, .. } = series;
    let points: Vec<_> = costs.iter().map(|(keys, cost)| panel.at(*keys, *cost)).collect();
    let path: Vec<_> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    let width = width(series);
    let _ = writeln!(
        svg,
        "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\" stroke-dasharray=\"{dashes}\"/>",
        path.join(" ")
    );
    if series.libraries != ["floor"] {
        for (x, y) in points {
            let _ = writeln!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{}\" fill=\"{colour}\"/>", width + 1.0);
        }
    }
}

fn width(series: &Series) -> f64 {
    match series.label {
        OURS => 3.0,
        BEFORE => 1.2,
        _ => 1.8,
    }
}

fn legend(svg: &mut String, measured: &Measured) {
    let is_drawn = |series: &&Series| {
        ROWS.iter().any(|(table, _)| COLUMNS.iter().any(|(row, _)| !costs(measured, table, row, series).is_empty()))
    };
    // What is drawn last is named first.
    let (mut x, mut y) = (LEFT, 58.0);
    for series in SERIES.iter().rev().filter(is_drawn) {
        let long = 58.0 + 7.0 * series.label.len() as f64;
        if x + long > WIDTH {
            (x, y) = (LEFT, y + 22.0);
        }
        let Series { colour, dashes, .. } = series;
        let width = width(series);
        let _ = writeln!(
            svg,
            "<line x1=\"{x}\" y1=\"{y}\" x2=\"{}\" y2=\"{y}\" stroke=\"{colour}\" stroke-width=\"{width}\" stroke-dasharray=\"{dashes}\"/>",
            x + 28.0
        );
        put(svg, x + 36.0, y + 4.0, "", series.label);
        x += long;
    }
}

fn rule(svg: &mut String, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) {
    let _ = writeln!(svg, "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"#e4e4e4\"/>");
}

fn put(svg: &mut String, x: f64, y: f64, style: &str, text: &str) {
    let _ = writeln!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" {style}>{text}</text>");
}
