internal import Glibc
@_spi(Bench) internal import ShmCore

/// Looks again and again until something holds; `false` when it does not within that time.
package func eventually(
    within limit: Duration = .seconds(20), _ condition: () throws -> Bool
) rethrows -> Bool {
    let deadline = Deadline.after(limit)
    while try !condition() {
        if deadline.hasPassed { return false }
        usleep(1000)
    }
    return true
}
