use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    page_size: u8,
    #[session(default = self.page_size)]
    size: u8,
}

fn main() {}
