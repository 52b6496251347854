package import ShmCore

extension LockKind {
    /// Why this machine does not support the lock's quiet mode and bias; `nil` if it does, and for locks without them.
    package var fastModeObstacle: String? { properties.changesModes ? Membarrier.obstacle?.reason : nil }
}
