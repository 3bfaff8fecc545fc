//! Figures and tables as Markdown.

/// Three digits that count, or all digits of a larger number.
pub fn figure(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if size < 10.0 => trimmed(format!("{value:.2}")),
        size if size < 100.0 => trimmed(format!("{value:.1}")),
        _ => grouped(value),
    }
}

fn trimmed(text: String) -> String {
    match text.split_once('.') {
        Some((whole, digits)) if digits.bytes().all(|digit| digit == b'0') => whole.to_owned(),
        _ => text,
    }
}

/// A whole number with its thousands apart.
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

/// What was not measured, or does not exist, is a dash.
pub fn cell(value: Option<f64>) -> String {
    value.map_or("–".to_owned(), figure)
}

/// Several figures in one cell; one dash if none was measured.
pub fn cells<const N: usize>(values: [Option<f64>; N]) -> String {
    if values.iter().all(Option::is_none) {
        return "–".to_owned();
    }
    values.map(cell).join(" · ")
}

pub fn table(head: &[&str], rows: Vec<Vec<String>>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let head: Vec<String> = head.iter().map(|cell| (*cell).to_owned()).collect();
    let rule: Vec<String> =
        head.iter().enumerate().map(|(index, _)| if index == 0 { "---" } else { "---:" }.to_owned()).collect();
    let mut text = line(&head) + &line(&rule);
    rows.iter().for_each(|row| text.push_str(&line(row)));
    text
}
