internal import Glibc
@_spi(Bench) internal import ShmCore

/// Polls until a condition holds; `false` if it does not within that time.
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
