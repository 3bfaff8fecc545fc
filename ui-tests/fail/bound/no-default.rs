use session::SessionSchema;

#[derive(serde::Serialize, serde::Deserialize)]
struct Theme;

#[derive(SessionSchema)]
struct Visitor {
    #[session(default)]
    theme: Theme,
}

fn main() {}
