internal import ArgumentParser

/// The forms in which results are written.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
    case table, markdown, csv, json
}
