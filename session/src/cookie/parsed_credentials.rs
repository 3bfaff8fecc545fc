//! The token and the client state of one request: of several valid ones, those that were issued last.

use crate::cookie::encryption::cookie_cipher::Decrypted;
use crate::cookie::state_cookie::StateCookie;
use crate::cookie::token::Token;
use crate::record::timestamp::Timestamp;

/// The token and the client state in a request's `Cookie` headers, or the token in the header of the transport.
///
/// After a change of the cookie's domain, path or partition, a browser sends two cookies of one name. The removal of one
/// does not remove the other. Servers must not rely on their order (RFC 6265bis, 4.2.2), so the time of issue decides.
#[derive(Default)]
pub(crate) struct ParsedCredentials {
    pub(crate) token: Option<Token>,
    pub(crate) state: Option<StateCookie>,
    pub(crate) present: PresentCookies,
    pub(crate) findings: CredentialFindings,
    /// State cookies besides `state`, until one of them is selected.
    other_states: Vec<StateCookie>,
}

/// The cookies that the browser sent, valid or not. A header token counts as the session cookie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PresentCookies {
    pub(crate) session: bool,
    pub(crate) state: bool,
}

/// The facts about a request's credentials that are logged and reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct CredentialFindings {
    pub(crate) undecryptable_sessions: usize,
    pub(crate) undecryptable_states: usize,
    pub(crate) has_several: bool,
    pub(crate) undecryptable_header_tokens: usize,
    /// One of these header tokens has the format of this library, so that another key may have encrypted it.
    pub(crate) has_foreign_token: bool,
    pub(crate) fallback_keys: FallbackKeys,
}

/// The fallback keys that decrypted a credential: bit `n` for the key at position `n`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct FallbackKeys(u64);

impl FallbackKeys {
    fn add(&mut self, position: usize) {
        self.0 |= 1 << position.min(63);
    }

    /// Returns the positions of the keys, from 1.
    pub(crate) fn positions(self) -> impl Iterator<Item = usize> {
        (1..64).filter(move |position| self.0 & (1 << position) != 0)
    }
}

impl ParsedCredentials {
    /// Notes a fallback key that decrypted a credential. Returns the credential.
    pub(super) fn note_key<T>(&mut self, decrypted: Option<Decrypted<T>>) -> Option<T> {
        let Decrypted { value, key } = decrypted?;
        if key > 0 {
            self.findings.fallback_keys.add(key);
        }
        Some(value)
    }

    /// Adds the next session cookie of the header: `None` if it does not decrypt.
    pub(crate) fn add_token(&mut self, token: Option<Token>, now: Timestamp) {
        self.present.session = true;
        let Some(token) = token else {
            self.findings.undecryptable_sessions += 1;
            return;
        };
        let other = self.token;
        if self.use_latest(token, now) {
            // Some clients send one cookie twice.
            self.findings.has_several |= other.is_some_and(|other| other.hash() != token.hash());
        }
    }

    /// Adds the next token of the header transport: `None` if it does not decrypt.
    pub(super) fn add_header_token(&mut self, token: Option<Token>, has_token_format: bool, now: Timestamp) {
        self.present.session = true;
        let Some(token) = token else {
            self.findings.undecryptable_header_tokens += 1;
            self.findings.has_foreign_token |= has_token_format;
            return;
        };
        self.use_latest(token, now);
    }

    /// Uses a token if it was issued last. Returns false if it expired.
    fn use_latest(&mut self, token: Token, now: Timestamp) -> bool {
        if now >= token.absolute_end {
            return false;
        }
        if self.token.is_none_or(|other| other.issued <= token.issued) {
            self.token = Some(token);
        }
        true
    }

    /// Adds the next state cookie of the header: `None` if it does not decrypt.
    pub(crate) fn add_state(&mut self, state: Option<StateCookie>, now: Timestamp) {
        self.present.state = true;
        let Some(state) = state else {
            self.findings.undecryptable_states += 1;
            return;
        };
        if now >= state.expires {
            return;
        }
        let Some(first) = &self.state else {
            self.state = Some(state);
            return;
        };
        self.findings.has_several |= (first.issued, &first.values) != (state.issued, &state.values);
        self.other_states.push(state);
    }

    /// Selects the state cookie, after all cookies were added: which ones belong to the session depends on its token.
    pub(crate) fn select_state(&mut self) {
        if self.other_states.is_empty() {
            return;
        }
        let id = self.token.map(|token| token.id);
        let all = self.state.take().into_iter().chain(std::mem::take(&mut self.other_states));
        // Of equal ones, `max_by_key` returns the last.
        self.state = all.filter(|state| state.record.is_none() || state.record == id).max_by_key(|state| state.issued);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::config::lifetime::Lifetime;
    use crate::record::id::SessionId;
    use crate::record::json::Json;

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    fn after(millis: u64) -> Timestamp {
        NOW + Duration::from_millis(millis)
    }

    /// Both orders of two cookies in the header.
    fn both_orders<T: Clone>([first, second]: [T; 2]) -> [[T; 2]; 2] {
        [[first.clone(), second.clone()], [second, first]]
    }

    fn state(record: Option<SessionId>, issued: Timestamp, theme: &str) -> StateCookie {
        let values = [("theme", Json::encode(&theme).unwrap())].into_iter().collect();
        StateCookie { record, issued, expires: issued + Duration::from_secs(60), csrf: None, values }
    }

    fn parse(tokens: &[Token], states: &[StateCookie], now: Timestamp) -> ParsedCredentials {
        let mut parsed = ParsedCredentials::default();
        for state in states {
            parsed.add_state(Some(state.clone()), now);
        }
        for token in tokens {
            parsed.add_token(Some(*token), now);
        }
        parsed.select_state();
        parsed
    }

    fn theme(parsed: &ParsedCredentials) -> Option<&str> {
        parsed.state.as_ref().and_then(|state| state.values.text("theme"))
    }

    #[test]
    fn the_session_cookie_issued_last_is_used_in_either_order() {
        let old = Token::new(Lifetime::new(), NOW);
        for new in [Token::new(Lifetime::new(), after(1)), Token::rotated(old.id, Lifetime::new(), after(1))] {
            for order in both_orders([old, new]) {
                let parsed = parse(&order, &[], after(2));
                assert_eq!(parsed.token.unwrap().hash(), new.hash());
                assert!(parsed.findings.has_several);
            }
        }
    }

    #[test]
    fn a_longer_lifetime_does_not_make_a_session_cookie_newer() {
        let long = Token::new(Lifetime::new().absolute(Duration::from_hours(10_000)), NOW);
        let new = Token::new(Lifetime::new(), after(1));
        for order in both_orders([long, new]) {
            assert_eq!(parse(&order, &[], after(2)).token.unwrap().id, new.id);
        }
    }

    #[test]
    fn of_two_session_cookies_issued_at_once_the_later_in_the_header_is_used() {
        let tokens = [Token::new(Lifetime::new(), NOW), Token::new(Lifetime::new(), NOW)];
        for order in both_orders(tokens) {
            assert_eq!(parse(&order, &[], NOW).token.unwrap().id, order[1].id);
        }
    }

    #[test]
    fn cookies_that_expired_or_do_not_decrypt_do_not_hide_an_older_one() {
        let old = Token::new(Lifetime::new(), NOW);
        let expired = Token::new(Lifetime::new().absolute(Duration::from_millis(1)), after(1));
        for order in both_orders([Some(old), Some(expired)]).into_iter().chain(both_orders([Some(old), None])) {
            let mut parsed = ParsedCredentials::default();
            for token in order {
                parsed.add_token(token, after(2));
            }
            assert_eq!(parsed.token.unwrap().id, old.id);
            assert!(!parsed.findings.has_several);
            let undecryptable = order.iter().filter(|token| token.is_none()).count();
            assert_eq!(parsed.findings.undecryptable_sessions, undecryptable, "expired cookies do not count");
        }
    }

    #[test]
    fn one_session_cookie_sent_twice_counts_once() {
        let token = Token::new(Lifetime::new(), NOW);
        assert!(!parse(&[token, token], &[], NOW).findings.has_several);
    }

    #[test]
    fn the_state_cookie_issued_last_is_used_in_either_order() {
        let token = Token::new(Lifetime::new(), NOW);
        for records in [[None, None], [Some(token.id), None], [None, Some(token.id)], [Some(token.id); 2]] {
            let states = [state(records[0], NOW, "old"), state(records[1], after(1), "new")];
            for order in both_orders(states) {
                assert_eq!(theme(&parse(&[token], &order, after(2))), Some("\"new\""), "{records:?}");
            }
        }
    }

    #[test]
    fn a_newer_state_cookie_of_another_record_is_ignored() {
        let token = Token::new(Lifetime::new(), NOW);
        let foreign = || state(Some(SessionId::random()), after(1), "foreign");
        for order in both_orders([state(Some(token.id), NOW, "own"), foreign()]) {
            assert_eq!(theme(&parse(&[token], &order, after(2))), Some("\"own\""));
            assert_eq!(theme(&parse(&[], &order, after(2))), None, "without a token, none of them belongs");
        }
        for order in both_orders([state(None, NOW, "unbound"), foreign()]) {
            assert_eq!(theme(&parse(&[], &order, after(2))), Some("\"unbound\""));
        }
    }

    #[test]
    fn of_two_state_cookies_issued_at_once_the_later_in_the_header_is_used() {
        let states = [state(None, NOW, "one"), state(None, NOW, "two")];
        for (order, expected) in both_orders(states).iter().zip(["\"two\"", "\"one\""]) {
            assert_eq!(theme(&parse(&[], order, NOW)), Some(expected));
        }
    }
}
