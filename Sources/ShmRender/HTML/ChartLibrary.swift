internal import Glibc
internal import ShmCore

/// Chart.js, which draws the pictures. A report contains it; this program does not, so it is read when a report is written.
package struct ChartLibrary: Sendable {
    /// The script with its licence; `nil` without a usable file.
    package let script: String?
    /// Why there is no script, and what to do; `nil` if there is one.
    package let absence: String?

    /// The text of the library's licence, where the package has installed it.
    package private(set) var licence: String?

    /// The value of ``variable`` for pages that are to have simple pictures.
    private static let without = "none"

    /// The environment variable that names the file where no package has installed it.
    static let variable = "SHM_CHART_JS"

    /// The minified file of Debian's package.
    private static let usual = "/usr/share/javascript/chart.js/chart.min.js"

    /// The library of this machine.
    package static let installed: ChartLibrary = {
        let named = unsafe getenv(variable).map { unsafe String(cString: $0) }
        if named == without { return ChartLibrary(absence: nil) }
        return ChartLibrary(file: named.flatMap { $0.isEmpty ? nil : $0 } ?? usual)
    }()

    /// Reads a file.
    package init(file: String) {
        do { self.init(script: try SmallFile.read(file), from: file) } catch {
            self.init(absence: "cannot read \(file): \(error); \(Self.remedy)")
        }
        if script != nil { licence = try? SmallFile.read("/usr/share/doc/libjs-chart.js/copyright") }
    }

    /// A script from a file with this name.
    package init(script: String, from file: String) {
        let banner = script.prefix(400)
        guard banner.contains("Chart.js v3.") else {
            self.init(absence: "\(file) is not Chart.js 3; \(Self.remedy)")
            return
        }
        // Both would end or hide the rest of the element that contains the script.
        let lower = script.lowercased()
        guard !lower.contains("</script"), !lower.contains("<!--") else {
            self.init(absence: "\(file) contains the end of a script element; \(Self.remedy)")
            return
        }
        self.init(script: script, absence: nil)
    }

    package init(script: String? = nil, absence: String?) {
        self.script = script
        self.absence = absence
    }

    private static let remedy =
        "install Debian's package libjs-chart.js, or name the file chart.min.js of Chart.js 3 in \(variable), and write the report again"
}
