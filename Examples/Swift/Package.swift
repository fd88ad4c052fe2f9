// swift-tools-version: 6.2
import PackageDescription

// Another package that links the engine in, as an author of a scanner would: scripts/test-embedding.
let package = Package(
  name: "embedding",
  dependencies: [.package(name: "trawl", path: "../..")],
  targets: [
    .executableTarget(
      name: "embedder", dependencies: [.product(name: "Trawl", package: "trawl")]),
    // The example of README.md, as it stands there.
    .executableTarget(
      name: "example", dependencies: [.product(name: "Trawl", package: "trawl")]),
    // The examples of the documentation, as they stand there: Sources/Trawl/Trawl.docc.
    .executableTarget(
      name: "articles", dependencies: [.product(name: "Trawl", package: "trawl")]),
    // Those about disk images.
    .executableTarget(
      name: "images",
      dependencies: [
        .product(name: "Trawl", package: "trawl"), .product(name: "Images", package: "trawl"),
        .product(name: "Reports", package: "trawl"),
      ]),
    // Containers alone: without libtsk.
    .executableTarget(
      name: "container", dependencies: [.product(name: "Containers", package: "trawl")]),
  ],
  swiftLanguageModes: [.v6]
)
