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
    .library(name: "Trawl", targets: ["Trawl", "Findings", "Evidence", "Identity", "Catalogue"]),
    .library(name: "Files", targets: ["Files", "Evidence", "Bytes"]),
    .library(name: "Images", targets: ["Images", "Evidence", "Bytes"]),
    .library(name: "Yara", targets: ["Yara"]),
    .library(name: "Reports", targets: ["Reports", "Findings"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
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
    .target(
      name: "Traces", dependencies: ["Bytes", "Evidence", "Findings", "CSQLite"],
      swiftSettings: optimised),
    .target(name: "CFiles"),
    .target(
      name: "Files", dependencies: ["Evidence", "Bytes", "Locks", "CFiles"],
      swiftSettings: optimised
    ),
    .target(
      name: "CSleuthKit",
      linkerSettings: [
        // Statically, and without its readers of images: Sources/CSleuthKit/Stubs.c.
        .linkedLibrary(":libtsk.a"), .linkedLibrary("stdc++"), .linkedLibrary("z"),
        .linkedLibrary("crypto"), .linkedLibrary("m"),
      ]),
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
      name: "Images",
      dependencies: [
        "Evidence", "Bytes", "Locks", "CSleuthKit", "CDeflate", "CZstandard", "CLzma", "CBzip2",
      ],
      swiftSettings: optimised),
    .target(name: "Yara", dependencies: ["CYara", "Locks"], swiftSettings: optimised),
    .target(name: "YaraSyntax", swiftSettings: optimised),
    .target(name: "CHyperscan"),
    .target(
      name: "Sieve", dependencies: ["Yara", "YaraSyntax", "Bytes", "Locks", "CHyperscan"],
      swiftSettings: optimised),
    .target(name: "Catalogue", swiftSettings: optimised),
    .target(name: "CAuthenticode", linkerSettings: [.linkedLibrary("crypto")]),
    .target(
      name: "Identity", dependencies: ["Yara", "Bytes", "Evidence", "Findings", "CAuthenticode"],
      swiftSettings: optimised),
    .target(
      name: "Trawl",
      dependencies: [
        "Findings", "Evidence", "Bytes", "Locks", "Yara", "Sieve", "Identity", "Traces",
        "Catalogue",
        .product(name: "DequeModule", package: "swift-collections"),
      ],
      swiftSettings: optimised),
    .target(
      name: "Signatures",
      dependencies: ["Trawl", "Sieve", "Yara", "Findings", "Files", "Evidence", "Bytes", "Locks"],
      swiftSettings: optimised),
    .target(
      name: "Reports", dependencies: ["Findings", "Evidence", "Bytes", "Locks"],
      swiftSettings: optimised),
    .executableTarget(
      name: "TrawlCommand",
      dependencies: [
        "Trawl", "Sieve", "Identity", "Findings", "Evidence", "Bytes", "Locks", "Files", "Images",
        "Yara",
        "Catalogue", "Traces", "Signatures", "Reports",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: optimised),
    .target(
      name: "TestSupport", dependencies: ["Bytes", "Evidence", "Findings", "Locks", "Traces"],
      path: "Tests/TestSupport", swiftSettings: settings),
    .target(
      name: "SieveProof", dependencies: ["Sieve", "Yara", "TestSupport"],
      path: "Tests/SieveProof", swiftSettings: settings),
    .executableTarget(
      name: "SieveFuzz", dependencies: ["SieveProof"], path: "Tests/SieveFuzz",
      swiftSettings: settings),
    .executableTarget(
      name: "ContainerFuzz", dependencies: ["Images", "Bytes", "TestSupport"],
      path: "Tests/ContainerFuzz", swiftSettings: settings),
    .executableTarget(
      name: "FileSystemFuzz", dependencies: ["Images", "Bytes", "Evidence", "TestSupport"],
      path: "Tests/FileSystemFuzz", swiftSettings: settings),
    .executableTarget(
      name: "ImageMutations",
      dependencies: [
        "Trawl", "Images", "Reports", "Findings", "Evidence", "Bytes", "Locks", "TestSupport",
      ],
      path: "Tests/ImageMutations", swiftSettings: optimised),
    .testTarget(
      name: "SieveTests",
      dependencies: ["Sieve", "SieveProof", "Catalogue", "Yara", "YaraSyntax", "TestSupport"],
      exclude: ["UnsoundEdits"], swiftSettings: settings),
    .testTarget(
      name: "CatalogueTests",
      dependencies: ["Catalogue", "Signatures", "Trawl", "Yara", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "SignaturesTests",
      dependencies: ["Signatures", "Trawl", "Yara", "Bytes", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "IdentityTests",
      dependencies: [
        "Identity", "Catalogue", "Yara", "Findings", "Evidence", "Bytes", "TestSupport",
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "TraceFuzz", dependencies: ["Traces", "Findings", "TestSupport"],
      path: "Tests/TraceFuzz", swiftSettings: settings),
    .testTarget(
      name: "TracesTests",
      dependencies: ["Traces", "Findings", "Evidence", "Bytes", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "FindingsTests", dependencies: ["Findings", "Evidence", "Bytes"],
      swiftSettings: settings),
    .testTarget(
      name: "TrawlTests",
      dependencies: [
        "Locks", "Trawl", "Yara", "Files", "Images", "Findings", "Evidence", "Bytes", "TestSupport",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "ReportsTests",
      dependencies: ["Locks", "Reports", "Findings", "Evidence", "Bytes", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "ImagesTests",
      dependencies: ["Locks", "Images", "Trawl", "Findings", "Evidence", "Bytes", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "PackageTests", dependencies: ["TestSupport"], swiftSettings: settings),
    .testTarget(
      name: "CommandTests", dependencies: ["TrawlCommand", "Bytes", "TestSupport"],
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
