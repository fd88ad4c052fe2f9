// swift-tools-version: 6.2
import PackageDescription

/// Dependencies run downwards only: see docs/architecture.md. A test compares this file with it.
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// `scripts/test` has what is run thousands of times optimised, and only that: the tests themselves build faster without.
/// Whoever depends on this package never sees the flag, which packages that have a version may not use.
let isOptimised = Context.environment["TRAWL_OPTIMISED"] == "1"
let optimised: [SwiftSetting] = settings + (isOptimised ? [.unsafeFlags(["-O"])] : [])

let package = Package(
  name: "trawl",
  products: [
    .executable(name: "trawl", targets: ["TrawlCommand"]),
    .library(name: "Trawl", targets: ["Trawl"]),
    .library(name: "Engine", targets: ["Engine", "Profiles", "Findings", "Evidence"]),
    .library(name: "Files", targets: ["Files", "Evidence", "Bytes"]),
    .library(name: "Containers", targets: ["Containers", "Evidence", "Bytes"]),
    .library(
      name: "Images", targets: ["Images", "Targets", "Volumes", "Containers", "Evidence", "Bytes"]),
    .library(name: "Yara", targets: ["Yara"]),
    .library(name: "Reports", targets: ["Reports", "Findings"]),
    // The C interface: scripts/build-library makes libtrawl.so, libtrawl.a and trawl-helper.
    .library(name: "LibTrawl", type: .static, targets: ["LibTrawl", "CTrawl"]),
    .executable(name: "trawl-helper", targets: ["TrawlHelper"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
  ],
  targets: [
    .systemLibrary(
      name: "CYara", pkgConfig: "yara",
      providers: [.apt(["libyara-dev"]), .brew(["yara"]), .yum(["yara-devel"])]),
    .target(name: "CFaultGuard"),
    .target(name: "CMemory"),
    .target(name: "Locks", swiftSettings: optimised),
    .target(
      name: "Bytes",
      dependencies: [
        "CFaultGuard", "CMemory", "Locks", .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: optimised),
    .target(name: "Evidence", dependencies: ["Bytes"], swiftSettings: optimised),
    .target(name: "Findings", dependencies: ["Evidence", "Bytes"], swiftSettings: optimised),
    .systemLibrary(
      name: "CSQLite", pkgConfig: "sqlite3",
      providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite3"]), .yum(["sqlite-devel"])]),
    .target(name: "Profiles", swiftSettings: optimised),
    .target(
      name: "Bundles",
      dependencies: [
        "Profiles", "Findings", "Bytes", .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: optimised),
    .target(
      name: "Traces", dependencies: ["Bytes", "Evidence", "Findings", "Profiles", "CSQLite"],
      swiftSettings: optimised),
    .target(name: "CHost"),
    .target(
      name: "HelperProcesses", dependencies: ["Bytes", "CHost"], swiftSettings: optimised),
    .target(
      name: "Files", dependencies: ["Evidence", "Bytes", "Locks", "CHost"],
      swiftSettings: optimised
    ),
    .systemLibrary(
      name: "CDeflate", pkgConfig: "libdeflate",
      providers: [.apt(["libdeflate-dev"]), .brew(["libdeflate"]), .yum(["libdeflate-devel"])]),
    .systemLibrary(
      name: "CZstandard", pkgConfig: "libzstd",
      providers: [.apt(["libzstd-dev"]), .brew(["zstd"]), .yum(["libzstd-devel"])]),
    .systemLibrary(
      name: "CLzma", pkgConfig: "liblzma",
      providers: [.apt(["liblzma-dev"]), .brew(["xz"]), .yum(["xz-devel"])]),
    .systemLibrary(
      name: "CBzip2", providers: [.apt(["libbz2-dev"]), .brew(["bzip2"]), .yum(["bzip2-devel"])]),
    .target(
      name: "Containers",
      dependencies: [
        "Evidence", "Bytes", "Locks", "CHost", "CDeflate", "CZstandard", "CLzma", "CBzip2",
      ],
      swiftSettings: optimised),
    .target(
      name: "Volumes", dependencies: ["Containers", "Evidence", "Bytes"], swiftSettings: optimised),
    .target(
      name: "FileSystems", dependencies: ["Containers", "Volumes", "Evidence", "Bytes"],
      swiftSettings: optimised),
    .target(
      name: "CSleuthKit",
      linkerSettings: [
        // Statically, and without its readers of images: Sources/CSleuthKit/Stubs.c.
        .linkedLibrary(":libtsk.a"), .linkedLibrary("stdc++"), .linkedLibrary("z"),
        .linkedLibrary("crypto"), .linkedLibrary("m"),
      ]),
    .target(
      name: "SleuthKit",
      dependencies: ["Containers", "Volumes", "FileSystems", "Evidence", "Bytes", "CSleuthKit"],
      swiftSettings: optimised),
    .target(
      name: "Images",
      dependencies: [
        "Containers", "Volumes", "FileSystems", "SleuthKit", "HelperProcesses", "Evidence",
        "Bytes", "Locks", "CHost",
      ],
      swiftSettings: optimised),
    .target(
      name: "CArchive",
      linkerSettings: [
        // Statically, and without its functions for encryption: Sources/CArchive/Stubs.c.
        .linkedLibrary(":libarchive.a"), .linkedLibrary("z"), .linkedLibrary("lzma"),
        .linkedLibrary("bz2"), .linkedLibrary("zstd"),
      ]),
    .target(
      name: "Archives",
      dependencies: ["HelperProcesses", "Evidence", "Bytes", "CHost", "CArchive", "CDeflate"],
      swiftSettings: optimised),
    .target(
      name: "Targets", dependencies: ["Files", "Images", "Evidence", "Bytes"],
      swiftSettings: optimised),
    .target(name: "Yara", dependencies: ["CYara", "Locks"], swiftSettings: optimised),
    .target(name: "YaraSyntax", swiftSettings: optimised),
    .target(name: "CHyperscan"),
    .target(
      name: "Sieve", dependencies: ["Yara", "YaraSyntax", "Bytes", "Locks", "CHyperscan"],
      swiftSettings: optimised),
    .target(name: "CAuthenticode", linkerSettings: [.linkedLibrary("crypto")]),
    .target(
      name: "Identity",
      dependencies: ["Yara", "Bytes", "Evidence", "Findings", "Profiles", "CAuthenticode"],
      swiftSettings: optimised),
    .target(
      name: "Engine",
      dependencies: [
        "Findings", "Evidence", "Bytes", "Locks", "Profiles", "Yara", "Sieve", "Identity", "Traces",
        .product(name: "DequeModule", package: "swift-collections"),
      ],
      swiftSettings: optimised),
    .target(name: "Catalogue", dependencies: ["Profiles"], swiftSettings: optimised),
    .target(
      name: "Trawl",
      dependencies: [
        "Engine", "Catalogue", "Files", "Yara", "Profiles", "Findings", "Evidence", "Bytes",
      ],
      swiftSettings: optimised),
    .target(
      name: "Signatures",
      dependencies: ["Engine", "Sieve", "Yara", "Findings", "Files", "Evidence", "Bytes", "Locks"],
      swiftSettings: optimised),
    .target(
      name: "Results", dependencies: ["Findings", "Evidence", "Bytes"], swiftSettings: optimised),
    .target(
      name: "Reports",
      dependencies: ["Results", "Profiles", "Findings", "Evidence", "Bytes", "Locks"],
      swiftSettings: optimised),
    .target(
      name: "Pages",
      dependencies: [
        "Results", "Reports", "Profiles", "Findings", "Evidence", "Bytes",
        .product(name: "Mustache", package: "swift-mustache"),
      ],
      swiftSettings: optimised),
    .target(
      name: "Cases",
      dependencies: [
        "Engine", "Reports", "Findings", "Evidence", "Bytes", "Locks",
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: optimised),
    .target(
      name: "Units",
      dependencies: [
        "Engine", "Results", "Reports", "Identity", "Profiles", "Findings", "Evidence", "Bytes",
        "Locks",
      ],
      swiftSettings: optimised),
    .executableTarget(
      name: "TrawlCommand",
      dependencies: [
        "Engine", "Catalogue", "Profiles", "Sieve", "Identity", "Findings", "Evidence", "Bytes",
        "Locks", "Files", "Images", "Archives", "Targets", "Yara", "Traces", "Signatures",
        "Bundles", "Results", "Reports", "Pages", "Cases", "Units",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: optimised),
    .target(name: "CTrawl"),
    .target(
      name: "LibTrawl",
      dependencies: [
        "CTrawl", "Engine", "Catalogue", "Profiles", "Findings", "Evidence", "Bytes", "Locks",
        "Files", "Containers", "Images", "Targets", "Yara", "Reports",
      ],
      swiftSettings: optimised),
    .executableTarget(
      name: "TrawlHelper", dependencies: ["Images", "Bytes"], swiftSettings: optimised),
    .target(
      name: "TestSupport",
      dependencies: [
        "Bytes", "Bundles", "Evidence", "Findings", "Locks", "Traces",
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      path: "Tests/TestSupport", swiftSettings: settings),
    .target(
      name: "SieveProof", dependencies: ["Sieve", "Yara", "TestSupport"],
      path: "Tests/SieveProof", swiftSettings: settings),
    .executableTarget(
      name: "SieveFuzz", dependencies: ["SieveProof"], path: "Tests/SieveFuzz",
      swiftSettings: settings),
    .executableTarget(
      name: "ContainerFuzz", dependencies: ["Containers", "Bytes", "TestSupport"],
      path: "Tests/ContainerFuzz", swiftSettings: settings),
    .executableTarget(
      name: "ArchiveFuzz", dependencies: ["Archives", "Evidence", "TestSupport"],
      path: "Tests/ArchiveFuzz", swiftSettings: settings),
    .executableTarget(
      name: "FileSystemFuzz", dependencies: ["FileSystems", "Bytes", "Evidence", "TestSupport"],
      path: "Tests/FileSystemFuzz", swiftSettings: settings),
    .executableTarget(
      name: "ImageMutations",
      dependencies: [
        "Engine", "Catalogue", "Files", "Images", "Archives", "Reports", "Findings", "Evidence",
        "Bytes", "Locks", "TestSupport",
      ],
      path: "Tests/ImageMutations", swiftSettings: optimised),
    .testTarget(
      name: "SieveTests",
      dependencies: [
        "Sieve", "SieveProof", "Catalogue", "Profiles", "Yara", "YaraSyntax", "Bytes",
        "TestSupport",
      ],
      exclude: ["UnsoundEdits"], swiftSettings: settings),
    .testTarget(
      name: "CatalogueTests",
      dependencies: ["Catalogue", "Profiles", "Signatures", "Engine", "Yara", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "SignaturesTests",
      dependencies: ["Signatures", "Engine", "Yara", "Bytes", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "IdentityTests",
      dependencies: [
        "Identity", "Catalogue", "Profiles", "Yara", "Findings", "Evidence", "Bytes", "TestSupport",
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "TraceFuzz",
      dependencies: ["Traces", "Catalogue", "Profiles", "Findings", "TestSupport"],
      path: "Tests/TraceFuzz", swiftSettings: settings),
    .testTarget(
      name: "TracesTests",
      dependencies: [
        "Traces", "Catalogue", "Profiles", "Findings", "Evidence", "Bytes", "TestSupport",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "FindingsTests", dependencies: ["Findings", "Evidence", "Bytes"],
      swiftSettings: settings),
    .testTarget(
      name: "EngineTests",
      dependencies: [
        "Locks", "Engine", "Catalogue", "Profiles", "Yara", "Files", "Images", "Findings",
        "Evidence", "Bytes", "TestSupport",
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "ResultFuzz",
      dependencies: [
        "Units", "Catalogue", "Engine", "Profiles", "Results", "Findings", "Evidence", "Bytes",
        "TestSupport",
      ],
      path: "Tests/ResultFuzz", swiftSettings: settings),
    .executableTarget(
      name: "BundleFuzz",
      dependencies: [
        "Bundles", "Catalogue", "Profiles", "TestSupport",
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      path: "Tests/BundleFuzz", swiftSettings: settings),
    .testTarget(
      name: "BundlesTests",
      dependencies: [
        "Bundles", "Catalogue", "Profiles", "Findings", "Bytes", "TestSupport",
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: settings),
    .testTarget(
      name: "ResultsTests",
      dependencies: [
        "Results", "Reports", "Findings", "Evidence", "Bytes", "Locks", "TestSupport",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "UnitsTests",
      dependencies: [
        "Units", "Results", "Profiles", "Findings", "Evidence", "Bytes", "TestSupport",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "ReportsTests",
      dependencies: [
        "Locks", "Results", "Reports", "Findings", "Evidence", "Bytes", "TestSupport",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "PagesTests",
      dependencies: [
        "Pages", "Results", .product(name: "Mustache", package: "swift-mustache"),
      ],
      swiftSettings: settings),
    .testTarget(
      name: "CasesTests",
      dependencies: ["Cases", "Engine", "Findings", "Evidence", "Bytes", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "ImagesTests",
      dependencies: [
        "Locks", "Images", "Containers", "Volumes", "FileSystems", "Engine", "Findings", "Evidence",
        "Bytes", "TestSupport",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "ArchivesTests", dependencies: ["Archives", "Evidence", "Bytes", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "PackageTests", dependencies: ["TestSupport"], swiftSettings: settings),
    .testTarget(
      name: "CommandTests", dependencies: ["TrawlCommand", "Engine", "Bytes", "TestSupport"],
      exclude: ["Golden"], swiftSettings: settings),
    .testTarget(
      name: "LibraryTests",
      dependencies: ["LibTrawl", "CTrawl", "Images", "Bytes", "Locks", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "YaraTests", dependencies: ["Locks", "Yara", "Bytes", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "YaraSyntaxTests", dependencies: ["YaraSyntax", "Yara", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "BytesTests", dependencies: ["Locks", "Bytes", "TestSupport"], swiftSettings: settings),
    .testTarget(
      name: "EvidenceTests", dependencies: ["Locks", "Evidence", "Bytes", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "FilesTests", dependencies: ["Locks", "Files", "Evidence", "Bytes", "TestSupport"],
      swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
