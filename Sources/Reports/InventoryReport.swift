public import Findings

/// Report for readers who need only the answer: one line per product, then the summary.
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
      try output.write(ProductTable.text(of: products.all) + SummaryText.text(of: summary))
    case .finding, .problem, .context: break
    }
  }
}
