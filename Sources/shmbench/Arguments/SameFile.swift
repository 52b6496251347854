internal import Glibc

/// Whether two paths name one file, which need not exist.
enum SameFile {
    static func isSame(_ one: String, _ other: String) -> Bool {
        if one == other { return true }
        var (first, second) = (stat(), stat())
        guard unsafe stat(one, &first) == 0 && stat(other, &second) == 0 else { return false }
        return first.st_dev == second.st_dev && first.st_ino == second.st_ino
    }
}
