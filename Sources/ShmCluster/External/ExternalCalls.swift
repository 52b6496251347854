internal import Glibc
internal import ShmRecord

/// Several calls side by side.
enum ExternalCalls {
    /// Starts a call for each item, a few at a time, and waits for all.
    ///
    /// - Parameters:
    ///   - width: how many run at once.
    ///   - start: starts the call for an item.
    /// - Returns: what each has answered, or why it has not.
    static func all<Item>(
        _ items: [Item], atOnce width: Int = 16, _ start: (Item) throws -> ExternalCall
    ) -> [Result<String, Failure>] {
        var results = [Result<String, Failure>?](repeating: nil, count: items.count)
        var running: [(index: Int, call: ExternalCall)] = []
        var next = 0
        while next < items.count || !running.isEmpty {
            while next < items.count && running.count < width {
                do { running.append((next, try start(items[next]))) } catch {
                    results[next] = .failure(error as? Failure ?? Failure("\(error)"))
                }
                next += 1
            }
            let ended = running.filter { !$0.call.isRunning }
            running.removeAll { entry in ended.contains { $0.index == entry.index } }
            for (index, call) in ended { results[index] = result(call) }
            if ended.isEmpty && !running.isEmpty { usleep(5_000) }
        }
        return results.map { $0 ?? .failure(Failure("the call was not made")) }
    }

    private static func result(_ call: ExternalCall) -> Result<String, Failure> {
        do {
            let answer = try call.answer()
            return answer.isSuccess ? .success(answer.text) : .failure(call.failure(answer))
        } catch { return .failure(error as? Failure ?? Failure("\(error)")) }
    }
}
