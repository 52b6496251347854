/// What the user asks of Slurm, in Slurm's own words.
package struct SlurmOptions: Equatable, Sendable {
    /// The partition; `nil` for the cluster's default.
    package var partition: String?
    /// A list of nodes, as in `n1,n[3-5]`; `nil` for all nodes of the partition.
    package var nodes: String?
    package var licenses: String?
    package var constraint: String?
    package var account: String?
    /// The most tasks that run at once; `nil` for no limit.
    package var atOnce: Int?

    package init() {}
}
