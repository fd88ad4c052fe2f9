// swift-tools-version: 6.2
import PackageDescription

// A separate package: building or embedding the engine does not build the benchmark library.

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "trawl-benchmarks",
  products: [
    .executable(name: "generate-corpus", targets: ["GenerateCorpus"])
  ],
  dependencies: [
    .package(name: "trawl", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    // Without its traits: counting allocations would interpose malloc, and libyara allocates too.
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
  ],
  targets: [
    .target(name: "Corpus", swiftSettings: settings),
    .executableTarget(
      name: "GenerateCorpus",
      dependencies: [
        "Corpus", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "EngineBenchmarks",
      dependencies: [
        "Corpus",
        .product(name: "Trawl", package: "trawl"),
        .product(name: "Files", package: "trawl"),
        .product(name: "Yara", package: "trawl"),
        .product(name: "Reports", package: "trawl"),
        .product(name: "Benchmark", package: "benchmark"),
      ],
      path: "Benchmarks/EngineBenchmarks",
      swiftSettings: settings,
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
  ],
  swiftLanguageModes: [.v6]
)
