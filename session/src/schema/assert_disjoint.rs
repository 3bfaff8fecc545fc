//! `assert_disjoint!`: a compile-time check that schemas in one session share no key.

use crate::record::side::Side;
use crate::schema::info::{FieldInfo, SchemaInfo};
use crate::schema::keyed::entry_key::KeyPattern;

/// Fails to compile if two schemas use the same key.
///
/// Two libraries, or two parts of an application, may each declare a schema for the same session. The derive already
/// checks nested schemas.
///
/// ```
/// # use session::SessionSchema;
/// #[derive(SessionSchema)]
/// #[session(prefix = "auth.")]
/// struct Auth {
///     user_id: u64,
/// }
///
/// #[derive(SessionSchema)]
/// #[session(prefix = "cart.")]
/// struct Cart {
///     user_id: u64,
/// }
///
/// session::assert_disjoint!(Auth, Cart);
/// ```
///
/// Without the prefixes:
///
/// ```compile_fail
/// # use session::SessionSchema;
/// # #[derive(SessionSchema)]
/// # struct Auth { user_id: u64 }
/// # #[derive(SessionSchema)]
/// # struct Cart { user_id: u64 }
/// session::assert_disjoint!(Auth, Cart);
/// // duplicate session key `user_id`: field `user_id` of `Auth` and field `user_id` of `Cart` use it; ...
/// ```
#[macro_export]
macro_rules! assert_disjoint {
    ($($schema:ty $(,)?)?) => {
        ::core::compile_error!(
            "`assert_disjoint!` compares schemas with each other: pass all schemas of one session, at least two"
        );
    };
    ($($schema:ty),+ $(,)?) => {
        // The check of large schemas may take longer than the compiler expects.
        #[allow(long_running_const_eval)]
        const _: () = $crate::__private::assert_disjoint(&[
            $(<$schema as $crate::SessionSchema>::SCHEMA),+
        ]);
    };
}

/// The function behind `assert_disjoint!`.
#[track_caller]
pub const fn assert_disjoint(schemas: &[&SchemaInfo]) {
    let mut later = 1;
    while later < schemas.len() {
        let mut earlier = 0;
        while earlier < later {
            check_trees(schemas[earlier], schemas[later]);
            earlier += 1;
        }
        later += 1;
    }
}

/// Checks one nested schema against its parent, and against the schemas nested before it.
#[track_caller]
pub const fn assert_nested(schema: &SchemaInfo, index: usize) {
    let nested = schema.nested()[index].1;
    check_fields(schema, nested);
    let mut earlier = 0;
    while earlier < index {
        check_trees(schema.nested()[earlier].1, nested);
        earlier += 1;
    }
}

#[track_caller]
const fn check_trees(one: &SchemaInfo, other: &SchemaInfo) {
    check_fields(one, other);
    let mut index = 0;
    while index < one.nested().len() {
        check_trees(one.nested()[index].1, other);
        index += 1;
    }
}

/// Checks the keys of one schema, without its nested schemas, against all keys of another schema.
#[track_caller]
const fn check_fields(one: &SchemaInfo, other: &SchemaInfo) {
    let mut index = 0;
    while index < one.fields().len() {
        let field = &one.fields()[index];
        let mut nth = 0;
        while let Some(key) = nth_key(field, nth) {
            if let Some(by) = find(other, field.side(), field.pattern(key)) {
                report_collision(field.pattern(key), one.name(), Some(field.name()), by);
            }
            nth += 1;
        }
        index += 1;
    }
    let mut index = 0;
    while index < one.retired().len() {
        let (side, key) = one.retired()[index];
        let retired = KeyPattern::retired(key);
        if let Some(by) = find(other, side, retired)
            && by.field.is_some()
        {
            report_collision(retired, one.name(), None, by);
        }
        index += 1;
    }
}

/// The use of a key: by a field, or by a schema that retired it.
#[derive(Clone, Copy)]
struct KeyUse {
    schema: &'static str,
    field: Option<&'static str>,
    keys: KeyPattern<'static>,
}

const fn find(schema: &SchemaInfo, side: Side, keys: KeyPattern<'_>) -> Option<KeyUse> {
    let mut index = 0;
    while index < schema.fields().len() {
        let field = &schema.fields()[index];
        let mut nth = 0;
        while let Some(used) = nth_key(field, nth) {
            if side as u8 == field.side() as u8 && field.pattern(used).overlaps(keys) {
                return Some(KeyUse { schema: schema.name(), field: Some(field.name()), keys: field.pattern(used) });
            }
            nth += 1;
        }
        index += 1;
    }
    let mut index = 0;
    while index < schema.retired().len() {
        let (retired_side, retired) = schema.retired()[index];
        let retired = KeyPattern::retired(retired);
        if side as u8 == retired_side as u8 && retired.overlaps(keys) {
            return Some(KeyUse { schema: schema.name(), field: None, keys: retired });
        }
        index += 1;
    }
    let mut index = 0;
    while index < schema.nested().len() {
        if let Some(by) = find(schema.nested()[index].1, side, keys) {
            return Some(by);
        }
        index += 1;
    }
    None
}

const fn nth_key(field: &FieldInfo, nth: usize) -> Option<&'static str> {
    let aliases = field.aliases();
    if nth == 0 {
        Some(field.key())
    } else if nth <= aliases.len() {
        Some(aliases[nth - 1])
    } else if nth == aliases.len() + 1 {
        field.kept_alias()
    } else {
        None
    }
}

#[track_caller]
const fn report_collision(keys: KeyPattern<'_>, schema: &str, field: Option<&str>, by: KeyUse) -> ! {
    // If one of them is a single key, that key is the one that both use.
    let shared = if keys.is_keyed { by.keys } else { keys };
    let mut message = Message::new();
    message.push("duplicate session key `");
    message.push(shared.text);
    message.push(if shared.is_keyed { ":*`: " } else { "`: " });
    message.push_use(schema, field);
    message.push(" and ");
    message.push_use(by.schema, by.field);
    message.push(" use it; give one of the schemas a `prefix`, or one of the fields another `key`");
    panic!("{}", message.text())
}

/// A message that is built at compile time, without allocation.
struct Message {
    bytes: [u8; Self::MAX_BYTES],
    length: usize,
}

impl Message {
    const MAX_BYTES: usize = 2048;

    const fn new() -> Self {
        Self { bytes: [0; Self::MAX_BYTES], length: 0 }
    }

    const fn push(&mut self, text: &str) {
        let text = text.as_bytes();
        let mut index = 0;
        while index < text.len() && self.length < Self::MAX_BYTES {
            self.bytes[self.length] = text[index];
            self.length += 1;
            index += 1;
        }
    }

    const fn push_use(&mut self, schema: &str, field: Option<&str>) {
        match field {
            Some(field) => {
                self.push("field `");
                self.push(field);
                self.push("` of `");
            }
            None => self.push("a retired key of `"),
        }
        self.push(schema);
        self.push("`");
    }

    const fn text(&self) -> &str {
        match str::from_utf8(self.bytes.split_at(self.length).0) {
            Ok(text) => text,
            Err(_) => "two fields use the same session key",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: usize = 150;
    const PREFIX: &[u8] = b"tenant.settings.notifications.of_the_user.";
    const KEY_LEN: usize = PREFIX.len() + 4;

    /// Returns keys of equal length that differ only at their end.
    const fn keys(group: u8) -> [[u8; KEY_LEN]; FIELDS] {
        let mut keys = [[group; KEY_LEN]; FIELDS];
        let mut number = 0;
        while number < FIELDS {
            let mut index = 0;
            while index < PREFIX.len() {
                keys[number][index] = PREFIX[index];
                index += 1;
            }
            let (hundreds, tens, ones) = (number / 100, number / 10 % 10, number % 10);
            #[expect(clippy::cast_possible_truncation, reason = "digits")]
            let digits = [b'0' + hundreds as u8, b'0' + tens as u8, b'0' + ones as u8];
            [keys[number][index], keys[number][index + 1], keys[number][index + 2]] = digits;
            number += 1;
        }
        keys
    }

    #[expect(clippy::large_stack_arrays, reason = "runs only in the compiler")]
    const fn fields(keys: &'static [[u8; KEY_LEN]; FIELDS]) -> [FieldInfo; FIELDS] {
        let mut fields = [FieldInfo::declare("", "", Side::Server, "", ""); FIELDS];
        let mut number = 0;
        while number < FIELDS {
            let Ok(key) = str::from_utf8(&keys[number]) else { panic!("the keys are ASCII") };
            fields[number] = FieldInfo::declare("field", key, Side::Server, "u8", "");
            number += 1;
        }
        fields
    }

    static KEYS: [[[u8; KEY_LEN]; FIELDS]; 2] = [keys(b'a'), keys(b'b')];
    static ONE: [FieldInfo; FIELDS] = fields(&KEYS[0]);
    static OTHER: [FieldInfo; FIELDS] = fields(&KEYS[1]);

    // Compiling this is the test. The macro allows the lint, this item does not.
    #[deny(long_running_const_eval)]
    const _: () = assert_disjoint(&[
        &SchemaInfo::declare("One", &ONE, &[], &[]),
        &SchemaInfo::declare("Other", &OTHER, &[], &[]),
    ]);

    #[test]
    fn two_schemas_of_150_fields_are_compared_at_compile_time() {
        assert_eq!(ONE[149].key(), "tenant.settings.notifications.of_the_user.149a");
        assert_eq!(OTHER[0].key(), "tenant.settings.notifications.of_the_user.000b");
    }
}
