//! Times relative to now, as the pages show them: "2 minutes ago".

use std::time::{Duration, SystemTime};

use cookie::time::OffsetDateTime;
use cookie::time::format_description::well_known::Rfc3339;
use maud::{Markup, html};

pub fn relative_time(time: SystemTime) -> Markup {
    let exact = OffsetDateTime::from(time).replace_millisecond(0).map(|time| time.format(&Rfc3339));
    html! { time datetime=[exact.ok().and_then(Result::ok)] { (format_relative(time)) } }
}

fn format_relative(time: SystemTime) -> String {
    match time.elapsed() {
        Ok(past) if past.as_secs() == 0 => "just now".into(),
        Ok(past) => format!("{} ago", format_duration(past)),
        // One second more, so that 23:59:59.9 is shown as 24 hours.
        Err(future) => format!("in {}", format_duration(future.duration() + Duration::from_secs(1))),
    }
}

/// Uses the largest unit with a count of at least two: "24 hours" instead of "1 day".
fn format_duration(duration: Duration) -> String {
    const UNITS: [(u64, &str); 3] = [(86_400, "days"), (3_600, "hours"), (60, "minutes")];
    match (duration.as_secs(), UNITS.into_iter().find(|(unit, _)| duration.as_secs() >= 2 * unit)) {
        (seconds, Some((unit, name))) => format!("{} {name}", seconds / unit),
        (1, None) => "1 second".into(),
        (seconds, None) => format!("{seconds} seconds"),
    }
}
