/// A value that is made when it is first asked for.
final class Lazy<Value> {
    private(set) lazy var value = make()
    private let make: () -> Value

    init(_ make: @escaping () -> Value) { self.make = make }
}
