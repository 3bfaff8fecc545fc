#[session(default, retired = "referrer", retired = "cart", retired_client = "theme")]
struct Visitor {
    name: String,
    #[session(flash)]
    notice: String,
}
