enum Visitor {
    Guest,
}
