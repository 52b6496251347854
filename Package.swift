// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target is built alike: Swift 6 mode, every unsafe use marked, and the upcoming features
/// that keep imports and existentials visible.
let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
    name: "shmbench",
    products: [
        .library(name: "ShmCore", targets: ["ShmCore"]),
        .executable(name: "shmbench", targets: ["shmbench"]),
        .executable(name: "shmworker", targets: ["shmworker"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/ordo-one/TextTable", from: "0.0.2"),
    ],
    targets: [
        .target(name: "CShm"),
        .target(
            name: "ShmCore",
            dependencies: ["CShm", .product(name: "SystemPackage", package: "swift-system")],
            swiftSettings: house),
        .target(name: "ShmStatistics", swiftSettings: house),
        .target(name: "ShmHarness", dependencies: ["ShmCore"], swiftSettings: house),
        .executableTarget(
            name: "shmworker",
            dependencies: ["ShmHarness", "ShmCore"],
            swiftSettings: house,
            // A fully static executable: a worker must start in about the time of /bin/true, and loading
            // libstdc++ and the Swift runtime dynamically doubles that.
            linkerSettings: [.unsafeFlags(["-static-executable"])]),
        .executableTarget(
            name: "shmbench",
            dependencies: [
                "ShmHarness", "ShmCore", "ShmStatistics", "TextTable",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: house),
        // Another process for the tests.
        .executableTarget(
            name: "shmprobe",
            dependencies: ["ShmCore", "CShm", .product(name: "SystemPackage", package: "swift-system")],
            path: "Tests/shmprobe",
            swiftSettings: house),
        .testTarget(
            name: "ShmCoreTests",
            dependencies: ["ShmCore", "CShm", .product(name: "SystemPackage", package: "swift-system")],
            swiftSettings: house),
    ],
    cLanguageStandard: .gnu11
)
