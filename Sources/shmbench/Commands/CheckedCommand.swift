internal import ArgumentParser

/// A command that checks its options before it starts, opens or changes anything.
protocol CheckedCommand: ParsableCommand {
    func check() throws
}
