/// Files of a fleet folder that show how other engines run its tasks.
enum ExampleFiles {
    /// Paths in the folder, and texts. Only plans for another engine have them.
    static func all(_ plan: FleetPlan) -> [(name: String, text: String)] {
        guard plan.engine == .none else { return [] }
        return [
            (names, plan.tasks.map { "\($0.name)\n" }.joined()),
            ("examples/kubernetes.yaml", KubernetesExample(plan).text),
            ("examples/reframe_test.py", ReFrameExample(plan).text),
        ]
    }

    /// The file with the names of the tasks, one a line.
    static let names = "examples/names"
}
