//! Types that `index` accepts: one value, also in a type of the application.

#![deny(warnings)]

use session::SessionSchema;

#[derive(serde::Serialize, serde::Deserialize)]
pub struct UserId(u64);

#[derive(serde::Serialize, serde::Deserialize)]
pub struct BinaryId([u8; 16]);

#[derive(serde::Serialize, serde::Deserialize)]
pub enum Role {
    Admin,
    Member,
}

#[derive(SessionSchema)]
pub struct Visitor {
    #[session(index)]
    user_id: UserId,
    #[session(index)]
    binary_id: BinaryId,
    #[session(index)]
    role: Role,
    #[session(index)]
    tenant: String,
    #[session(index)]
    boxed: Box<str>,
    #[session(index)]
    verified: bool,
}

fn main() {
    let _ = Role::Admin;
    let _ = Role::Member;
}
