import Bytes
import Evidence
public import Findings

/// For people who need the answer only: one line a product, then the summary.
public final class InventoryReport: RecordSink {
  private let output: any TextOutput
  private let products = Collected()

  /// A report to `output`.
  public init(_ output: any TextOutput) { self.output = output }

  /// Keeps products until the summary, then writes both.
  public func receive(_ record: Record) throws {
    switch record {
    case .product(let product): products.add(product)
    case .summary(let summary):
      try output.write(Self.text(of: products.all) + SummaryText.text(of: summary))
    case .finding, .problem: break
    }
  }

  private static func text(of products: [Product]) -> String {
    guard !products.isEmpty else { return "No product found.\n" }
    var table = TextTable(["PRODUCT", "VERSIONS", "CONFIDENCE", "COMPONENTS", "WHERE"])
    for product in products {
      table.add([
        Printable.text(product.product),
        product.versions.isEmpty
          ? "-" : product.versions.map(Printable.text).joined(separator: " "),
        product.confidence.rawValue,
        product.components.sorted { $0.key.rawValue < $1.key.rawValue }
          .map { "\($0.value) \($0.key.rawValue)" }.joined(separator: ", "),
        (product.volume.map { "volume \($0.index): " } ?? "") + product.installation.shown,
      ])
    }
    return table.text
  }
}
