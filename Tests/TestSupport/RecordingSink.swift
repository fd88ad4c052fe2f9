package import Findings
import Locks

/// Records every record of a scan, in their order.
package final class RecordingSink: RecordSink {
  private let kept = Locked<[Record]>([])
  private let failAfter: Int?

  /// Creates a sink that throws ``Failure`` after `failAfter` records.
  package init(failAfter: Int? = nil) { self.failAfter = failAfter }

  package struct Failure: Error {
    package init() {}
  }

  package func receive(_ record: Record) throws {
    let count = kept.withLock { records in
      records.append(record)
      return records.count
    }
    if let failAfter, count > failAfter { throw Failure() }
  }

  package var records: [Record] { kept.withLock { $0 } }

  package var findings: [Finding] {
    records.compactMap { if case .finding(let finding) = $0 { finding } else { nil } }
  }
  package var problems: [Problem] {
    records.compactMap { if case .problem(let problem) = $0 { problem } else { nil } }
  }
  package var products: [Product] {
    records.compactMap { if case .product(let product) = $0 { product } else { nil } }
  }
  package var context: [OtherFile] {
    records.compactMap { if case .context(let file) = $0 { file } else { nil } }
  }
  package var summaries: [Summary] {
    records.compactMap { if case .summary(let summary) = $0 { summary } else { nil } }
  }
}
