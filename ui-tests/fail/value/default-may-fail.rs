use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(default = load_size()?)]
    size: u8,
}

fn load_size() -> Result<u8, std::num::ParseIntError> {
    "20".parse()
}

fn main() {}
