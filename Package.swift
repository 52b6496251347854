// swift-tools-version: 6.2
import Foundation
import PackageDescription

/// All Swift targets: Swift 6 mode, every unsafe use marked, and the upcoming features
/// that keep imports and existentials visible.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// Whether another package depends on this one. SwiftPM then reads the manifest out of a repository, as if it lay in "/", and
/// later in its folder of checkouts, which has the repositories beside it, or of downloads from a registry.
let isDependency: Bool = {
    let path = Context.packageDirectory
    if path == "/" { return !FileManager.default.fileExists(atPath: "/Package.swift") }
    let folder = URL(filePath: path).deletingLastPathComponent()
    let beside = folder.path(percentEncoded: false) + "/../repositories"
    let hasRepositories = FileManager.default.fileExists(atPath: beside)
    return folder.lastPathComponent == "checkouts" && hasRepositories || path.contains("/registry/downloads/")
}()

/// The layers below `ShmRecord`: optimised with the trait `OptimisedTests`, while all checks of a debug build stay. Another
/// package may not depend on a target with unsafe flags.
let optimised: [SwiftSetting] =
    strict
    + (isDependency
        ? []
        : [
            .unsafeFlags(
                ["-O", "-whole-module-optimization", "-num-threads", "2", "-assert-config", "Debug"],
                .when(configuration: .debug, traits: ["OptimisedTests"]))
        ])

/// Likewise for C.
let optimisedC: [CSetting] =
    isDependency ? [] : [.unsafeFlags(["-O2"], .when(configuration: .debug, traits: ["OptimisedTests"]))]

let package = Package(
    name: "shmbench",
    products: [
        .library(name: "ShmCore", targets: ["ShmCore"]),
        .executable(name: "shmbench", targets: ["shmbench"]),
        .executable(name: "shmworker", targets: ["shmworker"]),
        .executable(name: "shmworker-dynamic", targets: ["shmworker-dynamic"]),
    ],
    traits: [
        .trait(name: "Bench", description: "shmbench and its workers, beside the library ShmCore."),
        .trait(
            name: "OptimisedTests",
            description: "Optimises the lower layers in a debug build, for faults that optimisation brings out."),
        .default(enabledTraits: isDependency ? [] : ["Bench"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/ordo-one/TextTable", from: "0.0.2"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        .target(name: "CShm", cSettings: optimisedC),
        // C shims that only the bench needs.
        .target(name: "CBench", cSettings: optimisedC),
        .target(name: "CJemalloc", linkerSettings: [.linkedLibrary("jemalloc")]),
        .target(
            name: "ShmCore",
            dependencies: ["CShm", .product(name: "SystemPackage", package: "swift-system")],
            swiftSettings: optimised),
        .target(name: "ShmStatistics", swiftSettings: optimised),
        .target(
            name: "ShmHistory", dependencies: [.product(name: "GRDB", package: "GRDB.swift")], swiftSettings: strict),
        .target(
            name: "ShmHarness",
            dependencies: ["ShmCore", "CShm", "CBench", .product(name: "SystemPackage", package: "swift-system")],
            swiftSettings: optimised),
        .target(
            name: "ShmCoordinator",
            dependencies: [
                "ShmHarness", "ShmCore", "ShmStatistics", "CBench",
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ],
            swiftSettings: optimised),
        .target(
            name: "ShmWorker",
            dependencies: [
                "ShmHarness", "ShmCore", "CShm", "CBench", .product(name: "SystemPackage", package: "swift-system"),
            ],
            // Not among the optimised: it takes longest to compile, and what users run is tested too. One loop for each
            // lock: what the compiler merges of similar ones takes a fifth longer.
            swiftSettings: strict + [.unsafeFlags(["-Xllvm", "-swiftmergefunc-threshold=0"])]),
        // What is asked for and measured.
        .target(
            name: "ShmRecord",
            dependencies: [
                "ShmCoordinator", "ShmHarness", "ShmCore", "ShmStatistics",
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "Histogram", package: "hdrhistogram-swift"), "TOMLKit",
            ],
            swiftSettings: strict),
        // What it says: summaries, verdicts, comparisons, series.
        .target(
            name: "ShmCompare",
            dependencies: ["ShmRecord", "ShmHistory", "ShmCoordinator", "ShmHarness", "ShmCore", "ShmStatistics"],
            swiftSettings: strict),
        // Many machines: what starts the command on each, and what came of it.
        .target(
            name: "ShmCluster",
            dependencies: [
                "ShmRecord", "ShmCoordinator", "ShmHarness", "ShmCore", "CBench",
                .product(name: "SystemPackage", package: "swift-system"), "TOMLKit",
            ],
            swiftSettings: strict),
        // How it is shown.
        .target(
            name: "ShmRender",
            dependencies: [
                "ShmCompare", "ShmRecord", "ShmHistory", "ShmCoordinator", "ShmHarness", "ShmCore", "ShmStatistics",
                "TextTable",
            ],
            // The page of HTML reports: a program is one file.
            resources: ["page.css", "scales.js", "rows.js", "curves.js", "page.js"].map {
                .embedInCode("HTML/Page/\($0)")
            },
            swiftSettings: strict),
        // A static program cannot load a lock plugin.
        .executableTarget(
            name: "shmworker-dynamic", dependencies: ["ShmWorker", "ShmCore", "CJemalloc"], swiftSettings: strict),
        .executableTarget(
            name: "shmworker",
            dependencies: ["ShmWorker", "ShmCore", "CJemalloc"],
            swiftSettings: strict,
            // A fully static executable: a worker must start in about the time of /bin/true, and loading
            // libstdc++ and the Swift runtime dynamically doubles that.
            linkerSettings: [.unsafeFlags(["-static-executable"])]),
        .executableTarget(
            name: "shmbench",
            dependencies: [
                "ShmRender", "ShmCompare", "ShmCluster", "ShmRecord", "ShmHistory", "ShmCoordinator", "ShmHarness",
                "ShmCore", "ShmStatistics", .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ],
            swiftSettings: strict),
        // The project's own bars (scripts/benchmark), and the loop in C that it compares with.
        .executableTarget(name: "cbaseline"),
        .executableTarget(
            name: "selfbench",
            dependencies: [
                "ShmCoordinator", "ShmWorker", "ShmHarness", "ShmCore", "ShmStatistics", "CBench",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        // Memory accesses that follow each other without a call in between, so it is optimised in debug builds, too.
        .target(
            name: "CLitmus", path: "Tests/CLitmus",
            cSettings: isDependency ? [] : [.unsafeFlags(["-O2"])]),
        // Another process for the tests.
        .executableTarget(
            name: "shmprobe",
            dependencies: [
                "ShmCore", "CShm", "CBench", "CLitmus", .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Tests/shmprobe",
            swiftSettings: strict),
        // What several test targets use.
        .target(
            name: "TestSupport", dependencies: ["ShmHarness", "ShmCore"], path: "Tests/TestSupport",
            swiftSettings: strict),
        .testTarget(
            name: "ShmCoreTests",
            dependencies: [
                "TestSupport", "ShmCore", "CShm", "CBench", "CLitmus",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        .testTarget(name: "ShmStatisticsTests", dependencies: ["ShmStatistics"], swiftSettings: strict),
        .testTarget(
            name: "ShmHistoryTests",
            dependencies: ["ShmHistory", .product(name: "GRDB", package: "GRDB.swift")], swiftSettings: strict),
        .testTarget(
            name: "ShmHarnessTests",
            dependencies: [
                "TestSupport", "ShmHarness", "ShmCore", .product(name: "Histogram", package: "hdrhistogram-swift"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ShmWorkerTests", dependencies: ["TestSupport", "ShmWorker", "ShmHarness", "ShmCore"],
            swiftSettings: strict),
        .testTarget(
            name: "ShmCoordinatorTests",
            dependencies: [
                "TestSupport", "ShmCoordinator", "ShmHarness", "ShmCore",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "shmbenchTests",
            dependencies: [
                "TestSupport", "shmbench", "ShmRender", "ShmCompare", "ShmCluster", "ShmRecord", "ShmCoordinator",
                "ShmHarness",
                "ShmHistory", "ShmCore", "ShmStatistics", "CShm",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ],
            exclude: ["Golden"],
            swiftSettings: strict),
    ],
    cLanguageStandard: .gnu11
)

// What only the bench needs is fetched for the bench alone: a client of ShmCore gets swift-system and nothing else.
let ownTargets = Set(package.targets.map(\.name))
for target in package.targets {
    target.dependencies = target.dependencies.map { dependency in
        let bench = TargetDependencyCondition.when(traits: ["Bench"])
        return switch dependency {
        case .productItem(let name, let package, let aliases, _) where package != "swift-system":
            .productItem(name: name, package: package, moduleAliases: aliases, condition: bench)
        case .byNameItem(let name, _) where !ownTargets.contains(name): .byNameItem(name: name, condition: bench)
        default: dependency
        }
    }
}
