//! Tests of requests that other sites cause (CSRF): the rule of the shop, and the tokens and layers of other applications.

mod other_origins;
mod tokens;
