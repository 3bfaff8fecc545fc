//! The secret of tokens against request forgery (CSRF), and the tokens that a page contains.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;

use crate::record::id::random_bytes;

/// The secret that a form must return. It is part of the session cookie, or of the state cookie of a browser without a
/// session.
#[derive(Clone, Copy)]
pub(crate) struct CsrfSecret([u8; Self::LEN]);

impl CsrfSecret {
    pub(crate) const LEN: usize = 16;

    pub(crate) fn random() -> Self {
        Self(random_bytes())
    }

    pub(crate) fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    pub(crate) fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    #[cfg(test)]
    pub(crate) fn is_equal(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    fn masked(&self, mask: &[u8; Self::LEN]) -> [u8; Self::LEN] {
        std::array::from_fn(|at| self.0[at] ^ mask[at])
    }

    /// Returns true if a token contains this secret.
    pub(crate) fn is_in(&self, token: &str) -> bool {
        let Some([mask, first, second]) = decode(token) else { return false };
        let is_equal = |masked: [u8; Self::LEN]| Self(masked).masked(&mask).ct_eq(&self.0);
        (is_equal(first) | is_equal(second)).into()
    }
}

/// The length of every token.
const TOKEN_LEN: usize = 3 * CsrfSecret::LEN / 3 * 4;

/// Returns a token that is valid with either of two secrets: the one that the browser has, and the one that it has after the
/// response if this request logs in, rotates the token or deletes the session.
///
/// A random mask hides the secrets from attacks on compression, which compare many responses (BREACH).
pub(crate) fn encode(secrets: [CsrfSecret; 2]) -> String {
    let mask = random_bytes();
    let [first, second] = secrets.map(|secret| secret.masked(&mask));
    URL_SAFE_NO_PAD.encode([mask, first, second].concat())
}

fn decode(token: &str) -> Option<[[u8; CsrfSecret::LEN]; 3]> {
    // Longer values are not decoded.
    if token.len() != TOKEN_LEN {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (parts, _) = bytes.as_chunks();
    parts.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_valid_with_both_of_its_secrets_and_with_no_other() {
        let secrets = [CsrfSecret::random(), CsrfSecret::random()];
        let token = encode(secrets);
        assert_eq!(token.len(), TOKEN_LEN);
        assert!(secrets.iter().all(|secret| secret.is_in(&token)));
        assert!(!CsrfSecret::random().is_in(&token));
        assert!(!CsrfSecret::from_bytes([0; 16]).is_in(&token), "a masked secret is not one");
    }

    #[test]
    fn a_changed_token_is_not_valid() {
        let secret = CsrfSecret::random();
        let token = encode([secret, secret]);
        for at in 0..TOKEN_LEN {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            // Both parts have the secret, so only a change of the mask makes the whole token invalid.
            let is_mask = at < CsrfSecret::LEN * 4 / 3;
            assert!(!is_mask || !secret.is_in(str::from_utf8(&changed).unwrap()), "byte {at}");
        }
        for text in ["", "A", &token[1..], &format!("{token}A"), &format!("{token}="), &"é".repeat(TOKEN_LEN / 2)] {
            assert!(!secret.is_in(text), "{text}");
        }
    }

    #[test]
    fn two_tokens_of_one_secret_have_no_part_in_common() {
        let secret = CsrfSecret::random();
        let [first, second] = [(); 2].map(|()| decode(&encode([secret; 2])).unwrap());
        for (one, other) in first.iter().zip(&second) {
            let equal = one.iter().zip(other).filter(|(one, other)| one == other).count();
            assert!(equal < CsrfSecret::LEN / 2, "{equal} equal bytes");
        }
    }
}
