use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(keyed)]
    cart: Vec<u64>,
}

async fn add(mut visitor: session::Typed<Visitor>) -> Result<(), session::Error> {
    visitor.update_cart(&7, |_| ()).await?;
    visitor.unset_cart("the same accessors, so that only the type is an error")
}

fn main() {
    let _ = add;
}
