//! Errors of Redis: the full refusal without keys and data, the command that was refused, and the fix.

use std::fmt;

use redis::RedisError;

use crate::error::StoreError;

/// Words that Redis may quote in an error: the commands that the store and its scripts send, and a setting.
const SAFE_WORDS: [&str; 31] = [
    "asking",
    "auth",
    "client|setinfo",
    "cluster|slots",
    "eval",
    "evalsha",
    "get",
    "getrange",
    "hello",
    "info",
    "maxmemory",
    "pexpire",
    "ping",
    "pttl",
    "role",
    "scan",
    "select",
    "sentinel",
    "sentinel|get-master-addr-by-name",
    "sentinel|master",
    "set",
    "setrange",
    "strlen",
    "subscribe",
    "time",
    "unlink",
    "zadd",
    "zrangebylex",
    "zrem",
    "zremrangebyscore",
    "zscore",
];

/// The code of an error, and the fix. The first code that an error contains counts: in Redis 6, the error of a script
/// starts with `ERR`.
const FIXES: [(&str, &str); 14] = [
    (
        "WRONGTYPE",
        "the key belongs to another application; choose another prefix with `with_prefix`, or delete the key",
    ),
    ("READONLY", "the server is a replica; connect to the primary, or through Sentinel with `redis+sentinel://`"),
    ("NOPERM", MISSING_RIGHT),
    ("can't run this command", MISSING_RIGHT),
    ("has no permissions", MISSING_RIGHT),
    ("NOAUTH", "put the password into the URL, `redis://:PASSWORD@HOST/`"),
    ("WRONGPASS", "correct the user name and the password in the URL"),
    ("OOM", "the memory of the server is full; raise its `maxmemory`"),
    ("NOREPLICAS", "too few replicas are connected; see `min-replicas-to-write` and `min-replicas-max-lag`"),
    ("LOADING", "the server loads its data; it works when it has finished"),
    ("MISCONF", "the server cannot write its snapshot; free disk space, and read the log of the server"),
    ("MASTERDOWN", "the server is a replica without its primary; connect to the primary"),
    ("CLUSTERDOWN", "the cluster does not serve all slots; see `CLUSTER INFO`"),
    ("unknown command", "the server does not have this command, or has renamed it"),
];

const MISSING_RIGHT: &str = "the rustdoc of `RedisStore` lists the rights that its user needs";

/// An error that the server returned, without keys and data.
#[derive(Debug)]
struct ServerError {
    text: String,
    /// The command of a script that was refused.
    command: Option<String>,
    is_wrong_type: bool,
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redis returned an error: {}", self.text)?;
        if let Some(command) = &self.command {
            write!(f, " (command {command})")?;
        }
        let fix = FIXES.iter().find(|(code, _)| self.text.contains(code));
        fix.map_or(Ok(()), |(_, fix)| write!(f, "; {fix}"))
    }
}

impl std::error::Error for ServerError {}

/// Removes keys and data from an error.
pub(super) fn redact(error: RedisError) -> StoreError {
    redact_in_script(error, "")
}

/// Removes keys and data from the error of a script, and adds the command that was refused.
pub(super) fn redact_in_script(error: RedisError, code: &str) -> StoreError {
    let Some(server_code) = error.code() else {
        return match connection_fix(&error) {
            Some(fix) => format!("{error}; {fix}").into(),
            None => error.into(),
        };
    };
    let detail = error.detail().unwrap_or_default();
    let text = format!("{server_code} {}", redact_detail(detail)).trim_end().to_owned();
    let is_wrong_type = text.contains("WRONGTYPE");
    Box::new(ServerError { text, command: refused_command(detail, code), is_wrong_type })
}

/// Adds to the error of a write that its outcome is unknown, if the connection was lost.
pub(super) fn with_unknown_outcome(error: &StoreError) -> StoreError {
    format!("the connection was lost, and the change may be stored: {error}").into()
}

/// The error of a key whose value is not a session or an index entry: damaged, or of another application.
#[derive(Debug)]
struct InvalidValue(String);

/// Creates the error of a value that cannot be decoded.
pub(super) fn invalid_value(error: impl fmt::Display) -> StoreError {
    Box::new(InvalidValue(error.to_string()))
}

impl fmt::Display for InvalidValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidValue {}

/// Returns true if the value of a key is damaged, or belongs to another application.
pub(super) fn is_invalid_value(error: &StoreError) -> bool {
    error.is::<InvalidValue>() || error.downcast_ref::<ServerError>().is_some_and(|error| error.is_wrong_type)
}

fn connection_fix(error: &RedisError) -> Option<&'static str> {
    let text = error.to_string();
    if text.contains("InvalidContentType") {
        return Some("the server does not use TLS at this port; let the URL begin with `redis`");
    }
    if text.contains("with TLS, the feature is not enabled") {
        return Some("enable the feature `redis-tls`");
    }
    let kind = error.kind();
    (kind == redis::ErrorKind::AuthenticationFailed).then_some("correct the user name and the password in the URL")
}

/// Keeps an error up to the position of a script and up to the first quoted text that is not a safe word:
/// Redis quotes the arguments of a command that it rejects.
fn redact_detail(detail: &str) -> &str {
    let detail = detail.split(", with args").next().unwrap_or_default();
    // Redis 7 appends the hash of the script and the position of the failure.
    let detail = match detail.rsplit_once(" script: ") {
        Some((before, position)) if position.contains("@user_script:") => before,
        _ => detail,
    };
    let (mut end, mut previous) = (0, ' ');
    while let Some(quote) = detail[end..].chars().next() {
        let is_start = matches!(quote, '\'' | '"' | '`') && !previous.is_alphanumeric();
        end += quote.len_utf8();
        previous = quote;
        if is_start {
            let rest = &detail[end..];
            let quoted = rest.split(quote).next().unwrap_or_default();
            if !SAFE_WORDS.contains(&&*quoted.to_ascii_lowercase()) {
                return detail[..end - quote.len_utf8()].trim_end();
            }
            end = (end + quoted.len() + quote.len_utf8()).min(detail.len());
        }
    }
    detail.trim_end()
}

/// Returns the command in the line of the script at which it failed: Redis does not name a command that it refuses to a
/// script.
fn refused_command(detail: &str, code: &str) -> Option<String> {
    let (_, position) = detail.rsplit_once("user_script:")?;
    let digits = position.trim_start().split(|digit: char| !digit.is_ascii_digit()).next()?;
    let line = code.lines().nth(digits.parse::<usize>().ok()?.checked_sub(1)?)?;
    let commands: Vec<&str> = line.split("call('").skip(1).filter_map(|call| call.split('\'').next()).collect();
    (!commands.is_empty()).then(|| commands.join(" or "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_kept_up_to_the_first_key_or_argument() {
        let cases = [
            ("User app has no permissions to run the 'eval' command", None),
            ("this user has no permissions to run the 'evalsha' command or its subcommand", None),
            ("You can't write against a read only replica.", None),
            ("unknown command 'GET', with args beginning with: 'session:07' ", Some("unknown command 'GET'")),
            ("unknown command `GET`, with args beginning with: `session:07`, ", Some("unknown command `GET`")),
            ("No permission for 'session:07' and 'get'", Some("No permission for")),
            ("the value \"hunter2", Some("the value")),
            ("the key 'get", None),
            ("the command 'get' of 'hunter2'", Some("the command 'get' of")),
            ("refused script: 0a1b, on @user_script:3.", Some("refused")),
            (
                "ACL failure in script: User app has no permissions to run the 'set' command script: 0a, on @user_script:3.",
                Some("ACL failure in script: User app has no permissions to run the 'set' command"),
            ),
            ("", None),
        ];
        for (detail, expected) in cases {
            assert_eq!(redact_detail(detail), expected.unwrap_or(detail));
        }
    }

    #[test]
    fn the_refused_command_of_a_script_is_the_one_in_its_line() {
        let code = "-- A comment.\nlocal tail = call('GETRANGE', key)\nredis.call('UNLINK', key)\nreturn tail";
        let cases = [
            ("can't run this command script: 0a, on @user_script:2.", Some("GETRANGE")),
            ("Error running script (call to f_0a): @user_script:3: @user_script: 3: refused", Some("UNLINK")),
            ("refused script: 0a, on @user_script:4.", None),
            ("refused script: 0a, on @user_script:9.", None),
            ("refused", None),
        ];
        for (detail, expected) in cases {
            assert_eq!(refused_command(detail, code).as_deref(), expected, "{detail}");
        }
    }
}
