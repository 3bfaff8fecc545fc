//! Numbers and tables as Markdown.

/// Formats a number with three significant digits, or with all digits of its integer part.
pub fn figure(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if size < 10.0 => trim_zeros(format!("{value:.2}")),
        size if size < 100.0 => trim_zeros(format!("{value:.1}")),
        _ => grouped(value),
    }
}

/// Removes the decimals if all of them are zero.
fn trim_zeros(text: String) -> String {
    match text.split_once('.') {
        Some((integer, decimals)) if decimals.bytes().all(|digit| digit == b'0') => integer.to_owned(),
        _ => text,
    }
}

/// Formats an integer with thousands separators.
pub fn grouped(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    if value < 0.0 { format!("-{text}") } else { text }
}

/// Formats a number of keys.
pub fn size(keys: usize) -> String {
    format!("K = {}", grouped(keys as f64))
}

/// Formats an optional number. `None` is a dash.
pub fn cell(value: Option<f64>) -> String {
    value.map_or("–".to_owned(), figure)
}

/// Formats several numbers for one cell, or one dash if there are none.
pub fn cells<const N: usize>(values: [Option<f64>; N]) -> String {
    if values.iter().all(Option::is_none) {
        return "–".to_owned();
    }
    values.map(cell).join(" · ")
}

/// Formats a table. All columns except the first are aligned right.
pub fn table(head: &[&str], rows: Vec<Vec<String>>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let head: Vec<String> = head.iter().map(|cell| (*cell).to_owned()).collect();
    let rule: Vec<String> =
        head.iter().enumerate().map(|(index, _)| if index == 0 { "---" } else { "---:" }.to_owned()).collect();
    let mut text = line(&head) + &line(&rule);
    rows.iter().for_each(|row| text.push_str(&line(row)));
    text
}
