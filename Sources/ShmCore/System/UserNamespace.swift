internal import Glibc

/// Which user ids mean a user here: in a user namespace (`user_namespaces(7)`), those of outside are all shown as one.
enum UserNamespace {
    /// The id by which one that has none here is shown, unless the machine's owner has set another.
    private static let overflow: uid_t = 65534

    /// Whether that id is a user's of this namespace, over whose files its superuser may dispose.
    static func hasUser(_ user: uid_t) -> Bool {
        if user != overflow { return true }
        guard let map = try? SmallFile.read("/proc/self/uid_map") else { return false }
        return map.split(separator: "\n").contains { line in
            let fields = line.split(separator: " ").compactMap { UInt64($0) }
            return fields.count == 3 && fields[0] <= user && UInt64(user) < fields[0] + fields[2]
        }
    }
}
