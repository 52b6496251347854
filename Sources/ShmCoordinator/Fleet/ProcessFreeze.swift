internal import ShmCore

/// Whether another process is able to run.
enum ProcessFreeze {
    /// What keeps a process from running, in words; `nil` if nothing does, or it has ended.
    static func description(of process: Int32) -> String? {
        // A traced process has a state of its own (`t`), which its tracer controls.
        if ProcessState.letter(of: process) == "T" {
            return "is stopped by a signal that this program did not send (`kill -CONT \(process)` continues it)"
        }
        guard let file = freezer(of: process) else { return nil }
        return "is frozen with its control group (\(file))"
    }

    /// The file that shows that its control group, or a parent of that, is frozen; `nil` if it is not.
    static func freezer(of process: Int32, files: KernelFiles = KernelFiles()) -> String? {
        if let own = ControlGroup("freezer", of: process, files: files)?.folders.first {
            let file = "\(own)/freezer.state"
            // Present if the process is in a version 1 hierarchy; it covers the parents, too.
            if let state = files.text(file), !state.hasPrefix("THAWED") { return file }
        }
        guard let own = ControlGroup("", of: process, files: files)?.folders.first else { return nil }
        let file = "\(own)/cgroup.events"
        return files.number(file, "frozen") == 1 ? file : nil
    }
}
