/// Causes outside the lock that were found when workers seemed to hang; they may have disappeared since.
final class OutsideFindings {
    private var end: String?
    private var standstill: Standstill?

    func look(at scene: StressScene) {
        end = end ?? scene.outsideEnd()
        standstill = standstill ?? scene.fleet.standstill(isSuspicious: true)
    }

    /// Returns the findings since the last call, and clears them.
    func take() -> (end: String?, standstill: Standstill?) {
        defer { (end, standstill) = (nil, nil) }
        return (end, standstill)
    }
}
