import Bytes
package import Findings

/// A product in one version and state, and the endpoints that have it: the answer to "on how many
/// machines".
package struct Deployment: Sendable {
  package let product: String
  /// nil if the evidence states no version.
  package let version: String?
  package let vendor: String?
  package let isEmbedded: Bool
  package let state: Product.State
  /// The highest confidence on any endpoint.
  package fileprivate(set) var confidence: Confidence
  package fileprivate(set) var endpoints: Set<Endpoint>

  /// All deployments in order of product and version.
  package static func all(in results: ResultSet) -> [Deployment] {
    var counter = DeploymentCounter()
    for scan in results.scans { counter.add(scan) }
    return counter.all
  }
}

/// Counts endpoints while results are read. An installation with several versions counts for each
/// of them.
package struct DeploymentCounter {
  private struct Key: Hashable {
    let product: String
    let version: String
    let vendor: String
    let state: String
    let isEmbedded: Bool

    static func < (left: Key, right: Key) -> Bool {
      (left.product, left.version, left.vendor, left.state, left.isEmbedded ? 1 : 0)
        < (right.product, right.version, right.vendor, right.state, right.isEmbedded ? 1 : 0)
    }
  }

  private var deployments = [Key: Deployment]()
  private var scans = ScanCounter()
  private var current: ResultScan?

  package init() {}

  /// Adds the next entry of a stream of scans. A scan counts when the next one begins.
  package mutating func add(_ entry: ResultEntry) {
    let index = scans.count(entry)
    if index != current?.index {
      if let current { add(current) }
      current = ResultScan(index: index, source: "")
    }
    current?.add(entry)
  }

  /// Adds a scan.
  package mutating func add(_ scan: ResultScan) {
    for product in scan.products {
      let endpoint = scan.endpoint(of: product)
      for version in product.versions.isEmpty ? [""] : product.versions {
        let key = Key(
          product: product.product, version: version, vendor: product.vendor ?? "",
          state: product.state.rawValue, isEmbedded: product.isEmbedded)
        var deployment =
          deployments[key]
          ?? Deployment(
            product: product.product, version: version.isEmpty ? nil : version,
            vendor: product.vendor, isEmbedded: product.isEmbedded, state: product.state,
            confidence: product.confidence, endpoints: [])
        deployment.confidence = max(deployment.confidence, product.confidence)
        deployment.endpoints.insert(endpoint)
        deployments[key] = deployment
      }
    }
  }

  /// All deployments, in order of product and version.
  package var all: [Deployment] {
    var counter = self
    if let current {
      counter.add(current)
      counter.current = nil
    }
    return counter.deployments.sorted { $0.key < $1.key }.map(\.value)
  }
}
