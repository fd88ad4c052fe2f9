// swift-tools-version: 6.2
import PackageDescription

// Another package that links the engine in, as an author of a scanner would: scripts/test-embedding.
let package = Package(
  name: "embedding",
  dependencies: [.package(name: "trawl", path: "../..")],
  targets: [
    .executableTarget(
      name: "embedder",
      dependencies: [
        .product(name: "Trawl", package: "trawl"),
        .product(name: "Files", package: "trawl"),
        .product(name: "Yara", package: "trawl"),
      ])
  ],
  swiftLanguageModes: [.v6]
)
