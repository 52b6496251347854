internal import Glibc

/// The user ids of this user namespace (`user_namespaces(7)`): it shows every user of outside under one id.
enum UserNamespace {
    /// The kernel's default overflow uid, under which unmapped users appear.
    private static let overflow: uid_t = 65534

    /// Whether `user` is a user of this namespace, over whose files its superuser has rights.
    static func hasUser(_ user: uid_t) -> Bool {
        if user != overflow { return true }
        guard let map = try? SmallFile.read("/proc/self/uid_map") else { return false }
        return map.split(separator: "\n").contains { line in
            let fields = line.split(separator: " ").compactMap { UInt64($0) }
            return fields.count == 3 && fields[0] <= user && UInt64(user) < fields[0] + fields[2]
        }
    }
}
