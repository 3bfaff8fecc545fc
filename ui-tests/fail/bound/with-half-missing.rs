use session::SessionSchema;

#[derive(SessionSchema)]
struct Visitor {
    #[session(with = "hex")]
    colour: u32,
}

mod hex {
    use serde::Serializer;

    pub fn serialize<S: Serializer>(number: &u32, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(*number)
    }
}

fn main() {}
