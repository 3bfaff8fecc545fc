// One error for each mistake, on its token. The number of tildes in a line is the number of its mistakes.

use std::marker::PhantomData;

use session::{Error, SessionSchema, Typed};

#[derive(SessionSchema)]
#[session] //~
#[session(prefx = "shop.")] //~
#[session(prefix = " shop.")] //~
#[session(rename_all = "cammelCase")] //~
#[session(key = "shop")] //~
#[session(crate = "::session", crate = "my session")] //~~
#[session(client = false)] //~
struct Visitor<
    'a,             //~
    T,              //~
    const N: usize, //~
> {
    page: PhantomData<fn(&'a T) -> [u8; N]>,
    #[session] //~
    no_arguments: u8,
    #[session = "key"] //~
    name_value: u8,
    #[session("user.id")] //~
    word_missing: u8,
    #[session(key "user")] //~
    equals_missing: u8,
    #[session(ky = "user")] //~
    misspelled: u8,
    #[session(server)] //~
    unknown: u8,
    #[session(rename = "user.id")] //~
    from_serde: u8,
    #[session(prefix = "user.")] //~
    misplaced: u8,
    #[session(client, client)] //~
    duplicate: u8,
    #[session(client = true)] //~
    flag_with_value: u8,
    #[session(key)] //~
    value_missing: u8,
    #[session(key = )] //~
    value_after_equals_missing: u8,
    #[session(key("user"))] //~
    value_in_parentheses: u8,
    #[session(key = 5)] //~
    value_of_wrong_type: u8,
    #[session(key = "unequal" client)] //~
    comma_missing: u8,
    #[session(key = "")] //~
    empty_key: u8,
    #[session(key = "user ")] //~
    whitespace: u8,
    #[session(key = "cart")]
    first: u8,
    #[session(key = "cart")] //~
    second: u8,
    #[session(key = "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789")] //~
    too_long: u8,
    get: u8, //~
    lifetime: u8, //~
    set_first: u8, //~
    #[allow(non_snake_case)]
    First: u8, //~
    optional: Option<u8>, //~
    borrowed: &'static str, //~
    both: Option<&'static str>, //~~
    recursive: Vec<Self>, //~
    #[session(default = "path::to")] //~
    default_path: u8,
    #[session(default = "light")] //~
    default_text: String,
    #[session(default = )] //~
    default_missing: u8,
    #[session(default = 1 +)] //~
    default_unfinished: u8,
    #[session(default = None)]
    optional_with_default: Option<u8>, //~
    #[session(cleint, defualt, kee = "k")] //~~~
    several: u8,
    #[session(default = "seven of nine")] //~
    default_of_another_type: u8,
    #[session(index)] //~
    indexed_in_the_browser: u8,
}

fn handler(mut visitor: Typed<Visitor<'static, u8, 1>>) -> Result<(), Error> {
    visitor.set_no_arguments(1)?;
    visitor.set_misspelled(1)?;
    visitor.set_optional(1)?;
    visitor.set_borrowed("light")?;
    visitor.update_default_path(|value| *value += 1)?;
    let _: u8 = visitor.default_missing()?;
    let _: u8 = visitor.default_unfinished()?;
    let _: u8 = visitor.several()?;
    let _: Option<u8> = visitor.flag_with_value()?;
    Ok(())
}

fn main() {}
