import Bytes
import Evidence
import Findings

/// Inventory for people: one line per product.
enum ProductTable {
  static func text(of products: [Product]) -> String {
    guard !products.isEmpty else { return "No product found.\n" }
    var table = TextTable(["PRODUCT", "VERSIONS", "STATE", "CONFIDENCE", "COMPONENTS", "WHERE"])
    for product in products {
      table.add([
        Printable.text(product.product) + (product.isEmbedded ? " (embedded)" : ""),
        product.versions.isEmpty
          ? "-" : product.versions.map(Printable.text).joined(separator: " "),
        product.state.rawValue, product.confidence.rawValue,
        product.components.sorted { $0.key.rawValue < $1.key.rawValue }
          .map { "\($0.value) \($0.key.rawValue)" }.joined(separator: ", "),
        (product.volume.map { "volume \($0.index): " } ?? "") + product.installation.shown,
      ])
    }
    return table.text
  }
}
