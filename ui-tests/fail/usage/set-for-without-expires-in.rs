use std::time::Duration;

use session::{SessionSchema, Typed};

#[derive(SessionSchema)]
struct Login {
    otp: String,
}

fn send(login: &mut Typed<Login>, code: String) -> Result<(), session::Error> {
    login.set_otp_for(code, Duration::from_secs(60))
}

fn main() {}
