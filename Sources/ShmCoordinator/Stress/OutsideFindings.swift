/// What was found outside the lock when workers seemed to hang, which may be gone by now.
final class OutsideFindings {
    private var end: String?
    private var standstill: Standstill?

    func look(at scene: StressScene) {
        end = end ?? scene.outsideEnd()
        standstill = standstill ?? scene.fleet.standstill(isSuspicious: true)
    }

    /// What was found since this was last asked.
    func take() -> (end: String?, standstill: Standstill?) {
        defer { (end, standstill) = (nil, nil) }
        return (end, standstill)
    }
}
