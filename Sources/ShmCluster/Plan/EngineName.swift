/// What starts the tasks of a fleet.
package enum EngineName: String, Codable, CaseIterable, Sendable {
    case slurm, ssh
    /// Another program that the user runs, with the command `task` of the folder.
    case none
}
