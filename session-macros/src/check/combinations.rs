//! Attributes of one field that exclude or need each other.

use crate::diagnostics::Diagnostics;
use crate::parse::argument::OnInvalid;
use crate::parse::attribute_names::{
    ALIAS, DEFAULT, DESERIALIZE_WITH, EXPIRES_IN, FLASH, INDEX, KEPT_ALIAS, KEYED, MIGRATE, ON_INVALID, SEALED,
    SERIALIZE_WITH,
};
use crate::parse::model::{Field, FieldKind, Side};

pub(super) fn reject_default_on_flash(field: &Field, diagnostics: &Diagnostics) {
    if let (FieldKind::Flash, Some(written)) = (field.kind, field.attributes.written(DEFAULT)) {
        let message = "`flash` cannot be combined with `default`: a message that is not there reads as `None`";
        diagnostics.error(written, message);
    }
}

pub(super) fn check_index(field: &Field, diagnostics: &Diagnostics) {
    if !field.attributes.index.is_given() || field.has_schema() {
        return;
    }
    if let (Side::Client, Some(written)) = (field.side, field.attributes.written(INDEX)) {
        let message = "`index` cannot be combined with `client`: client state is stored in the browser, \
                       and the store has no index of it";
        return diagnostics.error(written, message);
    }
    if let Some((other, written)) =
        field.attributes.first_given(&[ALIAS, KEPT_ALIAS, MIGRATE, FLASH, KEYED, EXPIRES_IN])
    {
        let reason = match other {
            KEYED => "the index contains the values of one key, and each entry has a key of its own",
            EXPIRES_IN => "the index would still contain a value after it expired",
            FLASH => "a message is removed when it is read, so no session can be found by it",
            MIGRATE => "the index contains stored values, and these have the old type until they are written again",
            _ => "the index contains only values of the current key",
        };
        diagnostics.error(written, format!("`index` cannot be combined with `{other}`: {reason}"));
    }
}

pub(super) fn check_sealed(field: &Field, diagnostics: &Diagnostics) {
    let Some(written) = field.attributes.written(SEALED).filter(|_| !field.has_schema()) else { return };
    if field.side == Side::Client {
        let message = "`sealed` cannot be combined with `client`: the cookie of client state is already encrypted; \
                       remove `sealed`";
        diagnostics.error(written, message);
    } else if field.attributes.index.is_given() {
        let message = "`sealed` cannot be combined with `index`: the encrypted text differs each time it is stored, \
                       so no session can be found by it; remove one of them";
        diagnostics.error(written, message);
    }
}

pub(super) fn reject_two_codecs(field: &Field, diagnostics: &Diagnostics) {
    let others = [SERIALIZE_WITH, DESERIALIZE_WITH];
    if let (true, Some((other, written))) = (field.attributes.with.is_given(), field.attributes.first_given(&others)) {
        let message = format!(
            "`with` cannot be combined with `{other}`: the module of `with` contains both functions; \
             remove one of them"
        );
        diagnostics.error(written, message);
    }
}

pub(super) fn check_on_invalid(field: &Field, diagnostics: &Diagnostics) {
    let (Some(choice), Some(written)) = (field.attributes.on_invalid.get(), field.attributes.written(ON_INVALID))
    else {
        return;
    };
    match (choice, field.has_default()) {
        (OnInvalid::Default, false) => {
            let message = "`on_invalid = \"default\"` needs a `default` on the field; \
                           to read an invalid value as `None`, write `on_invalid = \"discard\"`";
            diagnostics.error(written, message);
        }
        (OnInvalid::Discard, true) => {
            diagnostics.error(written, "a field with a `default` is never `None`: write `on_invalid = \"default\"`");
        }
        _ => {}
    }
}
