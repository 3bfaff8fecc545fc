//! Times as people say them: "2 minutes ago".

use std::time::{Duration, SystemTime};

use cookie::time::OffsetDateTime;
use cookie::time::format_description::well_known::Rfc3339;
use maud::{Markup, html};

pub fn moment(time: SystemTime) -> Markup {
    let exact = OffsetDateTime::from(time).replace_millisecond(0).map(|time| time.format(&Rfc3339));
    html! { time datetime=[exact.ok().and_then(Result::ok)] { (from_now(time)) } }
}

fn from_now(time: SystemTime) -> String {
    match time.elapsed() {
        Ok(ago) if ago.as_secs() == 0 => "just now".into(),
        Ok(ago) => format!("{} ago", in_words(ago)),
        // A deadline a moment short of 24 hours away is better called 24 hours.
        Err(ahead) => format!("in {}", in_words(ahead.duration() + Duration::from_secs(1))),
    }
}

/// In the largest unit that there are two of: 24 hours rather than one day.
fn in_words(duration: Duration) -> String {
    const UNITS: [(u64, &str); 3] = [(86_400, "days"), (3_600, "hours"), (60, "minutes")];
    match (duration.as_secs(), UNITS.into_iter().find(|(unit, _)| duration.as_secs() >= 2 * unit)) {
        (seconds, Some((unit, name))) => format!("{} {name}", seconds / unit),
        (1, None) => "1 second".into(),
        (seconds, None) => format!("{seconds} seconds"),
    }
}
