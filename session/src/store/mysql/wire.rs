//! Changes on their way to a procedure: a list that SQL can walk, and that nothing on the way rewrites.
//!
//! One entry is `+` or `-`, the length of the name in 4 digits, the length of the value in 10, the name and the value.
//! `-` drops the name, and has no value.

use crate::store::{Changes, IndexChange, Values};

pub(super) fn changes(changes: &Changes) -> Vec<u8> {
    let unsets = changes.unsets().map(|key| (key, None));
    list(unsets.chain(changes.sets().map(|(key, value)| (key, Some(value.as_str().as_bytes())))))
}

pub(super) fn values(values: &Values) -> Vec<u8> {
    list(values.iter().map(|(key, value)| (key, Some(value.as_bytes()))))
}

pub(super) fn index(changes: &[IndexChange]) -> Vec<u8> {
    list(changes.iter().map(|change| (&*change.key, change.hash.as_ref().map(|hash| &hash.as_bytes()[..]))))
}

fn list<'a>(entries: impl Iterator<Item = (&'a str, Option<&'a [u8]>)>) -> Vec<u8> {
    let mut list = Vec::new();
    for (name, value) in entries {
        let (sign, value) = value.map_or(('-', &[][..]), |value| ('+', value));
        list.extend_from_slice(format!("{sign}{:04}{:010}", name.len(), value.len()).as_bytes());
        list.extend_from_slice(name.as_bytes());
        list.extend_from_slice(value);
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{IndexHash, Json};

    #[test]
    fn an_entry_says_how_long_its_parts_are_and_leaves_them_as_they_are() {
        let mut two = Changes::default();
        two.set("é\0", Json::from_text("\"+0001\"")).unwrap();
        two.unset("").unwrap();
        assert_eq!(changes(&two), "-00000000000000+00030000000007é\0\"+0001\"".as_bytes());
        assert_eq!(changes(&Changes::default()), b"");
        let entry = IndexChange { key: "user".into(), hash: Some(IndexHash::from_bytes([b'h'; 32])) };
        assert_eq!(index(&[entry]), format!("+00040000000032user{}", "h".repeat(32)).as_bytes());
    }
}
