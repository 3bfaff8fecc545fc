use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(serialize_with = "hex")]
    colour: u32,
}

fn hex<S: serde::Serializer>(number: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(*number)
}

fn main() {}
