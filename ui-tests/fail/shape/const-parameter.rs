use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor<const N: usize> {
    visits: [u32; N],
}

fn main() {}
