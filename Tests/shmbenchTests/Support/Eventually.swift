import Glibc
import ShmCore

/// Polls until something holds; returns whether it did before the time was up.
func eventually(within limit: Duration = .seconds(20), _ condition: () -> Bool) -> Bool {
    let deadline = Deadline.after(limit)
    while !condition() {
        if deadline.hasPassed { return false }
        usleep(1000)
    }
    return true
}
