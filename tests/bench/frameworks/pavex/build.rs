//! Finds the generated modules of two routes. Their numbers change with the routes of the application.

use std::path::Path;
use std::{env, fs};

const SDK: &str = "../../../pavex/cases_sdk/src/lib.rs";

fn main() {
    println!("cargo::rerun-if-changed={SDK}");
    let sdk = fs::read_to_string(SDK).expect("the generated code");
    let [bare, untouched] = ["app::bare::bare()", "app::cases::untouched()"].map(|call| module_of(&sdk, call));
    let routes = format!("use cases_sdk::{{{bare} as bare, {untouched} as untouched}};\n");
    let folder = env::var("OUT_DIR").expect("set by Cargo");
    fs::write(Path::new(&folder).join("routes.rs"), routes).expect("written");
}

/// Returns the name of the module that calls this handler.
fn module_of<'a>(sdk: &'a str, call: &str) -> &'a str {
    let before = &sdk[..sdk.find(call).expect("a route of the application")];
    let (_, module) = before.rsplit_once("pub mod ").expect("a module for each route");
    module.split(' ').next().expect("a name")
}
