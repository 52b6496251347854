internal import Glibc
internal import ShmCoordinator
internal import ShmRecord

/// Puts a program into a folder so that it starts on a machine that has none of its libraries.
///
/// A static program is copied. With one that loads libraries, the libraries and their loader are copied as well, and a shell
/// script of the program's name starts it with them: no library of the other machine is used, whose versions may differ.
struct CarriedProgram {
    private let source: String
    private let strip: ExternalProgram?

    init(_ source: String) {
        self.source = FileTree.resolved(source)
        strip = try? ExternalProgram("strip", remedy: "")
    }

    /// Copies the program.
    ///
    /// - Parameters:
    ///   - folder: exists; holds nothing but carried programs.
    ///   - name: of the program there.
    func install(in folder: String, as name: String) throws {
        guard let interpreter = ELFFile(source)?.interpreter else { return try copy(source, to: "\(folder)/\(name)") }
        let libraries = try libraries(interpreter)
        try FileTree.makeFolder("\(folder)/lib")
        for library in libraries {
            let file = library.split(separator: "/").last.map(String.init) ?? library
            try copy(library, to: "\(folder)/lib/\(file)")
        }
        try FileTree.copy(interpreter, to: "\(folder)/\(OwnProgram.loader)", isProgram: true)
        try copy(source, to: "\(folder)/\(name).program")
        try FileTree.write(Self.starter(name), to: "\(folder)/\(name)", isProgram: true)
    }

    /// The script that starts the program. The loader is not to look for libraries of the machine.
    private static func starter(_ name: String) -> String {
        """
        #!/bin/sh
        # Starts \(name) with the libraries beside it.
        case $0 in */*) here=${0%/*} ;; *) here=. ;; esac
        exec "$here/\(OwnProgram.loader)" --inhibit-cache --library-path "$here/lib" "$here/\(name).program" "$@"

        """
    }

    /// The libraries that the program loads, as its loader finds them here.
    private func libraries(_ interpreter: String) throws -> [String] {
        let loader = ExternalProgram(path: interpreter)
        let text = try loader.call(["--list", source], to: "find the libraries of \(source)")
        return try text.split(separator: "\n").compactMap { line in
            // `libm.so.6 => /lib/libm.so.6 (0x…)`; without an arrow, the loader and what the kernel provides.
            guard let arrow = line.firstRange(of: " => ") else { return nil }
            let rest = line[arrow.upperBound...]
            guard rest.hasPrefix("/"), let end = rest.lastIndex(of: "(") else {
                throw Failure("cannot carry \(source) along: \(PlainWords.of(line.drop(while: \.isWhitespace)))")
            }
            return rest[..<end].trimmingBlanks
        }
    }

    /// Copies a program or a library, without what only a debugger reads if `strip` is there.
    private func copy(_ source: String, to target: String) throws {
        let source = FileTree.resolved(source)
        unlink(target)
        if let strip, ELFFile(source) != nil,
            (try? strip.call(["-o", target, source], to: "copy \(source)")) != nil
        {
            _ = unsafe chmod(target, 0o755)
            return
        }
        try FileTree.copy(source, to: target, isProgram: true)
    }

    private func unlink(_ path: String) { _ = unsafe Glibc.unlink(path) }
}

extension ExternalProgram {
    /// The program at a path.
    fileprivate init(path: String) {
        name = path
        self.path = path
    }
}
