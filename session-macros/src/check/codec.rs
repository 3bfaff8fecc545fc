//! The module of `with`.

use crate::diagnostics::Diagnostics;
use crate::parse::attribute_names::{DESERIALIZE_WITH, SERIALIZE_WITH};
use crate::parse::model::Field;
use crate::parse::tokens::text;

/// Reports the path of one of the two functions. A module with this name is accepted in the crate itself.
pub(super) fn reject_function_as_module(field: &Field, diagnostics: &Diagnostics) {
    let Some((path, module, function)) = field.attributes.function_in_with() else { return };
    let attribute = if function == "serialize" { SERIALIZE_WITH } else { DESERIALIZE_WITH };
    let (path_text, module) = (text(path), text(&module));
    let message = format!(
        "`with` names the module that contains `serialize` and `deserialize`: write `with = {module:?}`, or \
         `{attribute} = {path_text:?}` for this function only"
    );
    diagnostics.error(path, message);
}
