struct Visitor {
    #[session(with = "hex")]
    color: Color,
    #[session(serialize_with = "seconds::write", deserialize_with = "seconds::read", client)]
    pause: Duration,
}
