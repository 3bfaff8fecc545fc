#[allow(non_snake_case)]
pub struct Visitor {
    /// The kind of visit.
    ///
    /// Of two lines.
    #[deprecated = "use `kinds`"]
    #[allow(clippy::all)]
    #[serde(default)]
    pub(in crate::shop) r#type: R,
}
