internal import ShmCore

/// Whether another process can run at all.
enum ProcessFreeze {
    /// By what a process is kept from running, in words; `nil` where it is free to run, or has ended.
    static func description(of process: Int32) -> String? {
        // A traced process has a state of its own, and its tracer's reasons.
        if ProcessState.letter(of: process) == "T" {
            return "is stopped by a signal that this program did not send (`kill -CONT \(process)` lets it go on)"
        }
        guard let file = freezer(of: process) else { return nil }
        return "is frozen with its control group (\(file))"
    }

    /// The file that says that its control group, or a parent of that, is frozen; `nil` where it is not.
    static func freezer(of process: Int32, files: KernelFiles = KernelFiles()) -> String? {
        if let own = ControlGroup("freezer", of: process, files: files)?.folders.first {
            let file = "\(own)/freezer.state"
            // Where the process is in a hierarchy of version 1, it says for its parents, too.
            if let state = files.text(file), !state.hasPrefix("THAWED") { return file }
        }
        guard let own = ControlGroup("", of: process, files: files)?.folders.first else { return nil }
        let file = "\(own)/cgroup.events"
        return files.number(file, "frozen") == 1 ? file : nil
    }
}
