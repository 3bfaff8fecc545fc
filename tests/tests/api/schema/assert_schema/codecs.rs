//! Codecs of the schemas in the table.

macro_rules! codec {
    ($name:ident($value:ident: $ty:ty) -> $stored:ty { $write:expr } |$text:ident| $read:expr) => {
        pub(super) mod $name {
            use serde::de::Error;
            use serde::{Deserialize, Deserializer, Serialize, Serializer};

            #[allow(clippy::trivially_copy_pass_by_ref, reason = "required by serde")]
            pub(in super::super) fn serialize<S: Serializer>($value: &$ty, serializer: S) -> Result<S::Ok, S::Error> {
                $write.serialize(serializer)
            }

            pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<$ty, D::Error> {
                let $text = <$stored>::deserialize(deserializer)?;
                let value: Option<$ty> = $read;
                value.ok_or_else(|| D::Error::custom("not a value of the codec"))
            }
        }
    };
}

codec!(text(value: u32) -> String { format!("{value:x}") } |text| u32::from_str_radix(&text, 16).ok());
codec!(renamed_text(value: u32) -> String { format!("{value:x}") } |text| u32::from_str_radix(&text, 16).ok());
codec!(pair(value: u32) -> (u32, u32) { (value >> 16, value & 0xffff) } |pair| Some(pair.0 << 16 | pair.1));
codec!(short(value: String) -> String { value } |text| (text.len() < 10).then_some(text));
