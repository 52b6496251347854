/// Which CPUs workers run on.
public enum Pinning: String, Sendable, CaseIterable {
    /// No pinning: the scheduler decides.
    case none
    /// Each worker on the nearest free CPU: hardware threads of one core first, then cores of one package.
    case compact
    /// Each worker as far from the others as possible: packages first, then cores, hardware threads last.
    case spread

    /// The CPU of each worker, or `nil` for no pinning. CPUs are reused if workers outnumber them.
    public func assignment(workers: Int) -> [Int?] {
        let order = order(of: Topology.allowed())
        if order.isEmpty { return Array(repeating: nil, count: workers) }
        return (0..<workers).map { order[$0 % order.count] }
    }

    /// CPUs in the order of assignment.
    func order(of cpus: [Topology.CPU]) -> [Int] {
        switch self {
        case .none: return []
        case .compact:
            return cpus.sorted { ($0.package, $0.core, $0.number) < ($1.package, $1.core, $1.number) }.map(\.number)
        case .spread:
            // A CPU's rank: how many threads of its core, and cores of its package, come before it.
            var threadsSeen: [[Int]: Int] = [:]
            var coresSeen: [Int: [Int]] = [:]
            let ranked = cpus.sorted { $0.number < $1.number }.map { cpu in
                let thread = threadsSeen[[cpu.package, cpu.core], default: 0]
                threadsSeen[[cpu.package, cpu.core]] = thread + 1
                if coresSeen[cpu.package, default: []].contains(cpu.core) == false {
                    coresSeen[cpu.package, default: []].append(cpu.core)
                }
                let core = coresSeen[cpu.package]?.firstIndex(of: cpu.core) ?? 0
                return (thread: thread, core: core, package: cpu.package, number: cpu.number)
            }
            return ranked.sorted { ($0.thread, $0.core, $0.package) < ($1.thread, $1.core, $1.package) }.map(\.number)
        }
    }
}
