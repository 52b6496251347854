internal import ArgumentParser

/// A command that can say what is wrong with its options before it starts, opens or changes anything.
protocol CheckedCommand: ParsableCommand {
    func check() throws
}
