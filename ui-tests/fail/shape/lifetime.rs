use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor<'a> {
    visits: u32,
    page: std::marker::PhantomData<fn(&'a u8)>,
}

fn main() {}
