package import ShmCoordinator
package import ShmRecord

/// A lock under a load.
package struct CellID: Hashable {
    package let lock: String
    package let load: Load

    package init(lock: String, load: Load) {
        self.lock = lock
        self.load = load
    }

    package init(_ record: Record) { self.init(lock: record.lock, load: record.load) }

    /// The lock and the number of workers, for messages.
    package var title: String { "\(lock) with \(counted(load.workers, "worker"))" }
}
