/// Fairness measures from the order in which owners got a lock. `owners` are their numbers, oldest first.
public enum AdmissionOrder {
    /// The longest run of acquisitions by one owner; 0 if there are none.
    public static func longestRun(_ owners: [UInt16]) -> Int {
        var (longest, run) = (0, 0)
        for (index, owner) in owners.enumerated() {
            run = index > 0 && owner == owners[index - 1] ? run + 1 : 1
            longest = max(longest, run)
        }
        return longest
    }

    /// The median time to reacquire, counted in acquisitions: 1 if the same owner gets the lock again at once, the
    /// number of owners if they take turns. `nil` if no owner reacquired the lock.
    ///
    /// Source: Dice, *Malthusian Locks*, EuroSys 2017.
    public static func medianReturn(_ owners: [UInt16]) -> Double? {
        var last: [UInt16: Int] = [:]
        var distances: [Double] = []
        distances.reserveCapacity(owners.count)
        for (index, owner) in owners.enumerated() {
            if let before = last[owner] { distances.append(Double(index - before)) }
            last[owner] = index
        }
        return median(distances)
    }

    /// The median of Jain's index over successive windows of that many acquisitions, from the shares of the
    /// `participants`. `nil` if there is no full window.
    public static func windowedJain(_ owners: [UInt16], participants: Int, window: Int) -> Double? {
        guard window > 0, participants > 0, owners.count >= window else { return nil }
        var indices: [Double] = []
        for start in stride(from: 0, through: owners.count - window, by: window) {
            var counts = [Double](repeating: 0, count: participants)
            for owner in owners[start..<start + window] where Int(owner) < participants { counts[Int(owner)] += 1 }
            if let index = jainIndex(counts) { indices.append(index) }
        }
        return median(indices)
    }
}
