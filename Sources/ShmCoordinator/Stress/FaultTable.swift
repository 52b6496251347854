extension Fault: CaseIterable {
    /// All faults, in the order in which they are listed and tried.
    public static let allCases: [Fault] = [
        killHolder,
        killWaiter,
        killWoken,
        killRandom,
        killMany,
        freezeHolder,
        freezeWaiter,
        interrupt,
        lowerPriority,
        fork,
        exhaustDescriptors,
        attachStorm,
        startStorm,
        recreate,
        fillShm,
        killCoordinator,
        tryLock,
        timedWait,
        readers,
        order,
        crowd,
        comeAndGo,
    ]

    /// The fault with that name.
    public init?(named name: String) {
        guard let fault = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = fault
    }
}
