internal import Glibc

/// Waits between two checks of a condition: briefly at first, and longer the longer it takes.
struct PollBackoff {
    private var times = 0

    mutating func take() {
        times += 1
        if times < 10 {
            sched_yield()
        } else {
            usleep(times < 200 ? 30 : 500)
        }
    }
}
