import Bytes
import Evidence

/// Order of the records of a scan: findings, problems, products, context, other types, and last the summary; each by
/// its place.
package enum ResultOrder {
  /// Key of a record.
  package static func key(of record: ResultRecord) -> [UInt8] {
    func key(_ rank: UInt8, _ locator: Locator) -> [UInt8] {
      [rank] + place(locator.evidence, locator.volume) + locator.path.bytes + [0]
        + (locator.stream?.bytes ?? []) + [0]
    }
    return switch record {
    case .finding(let finding): key(0, finding.locator)
    case .problem(let problem): key(1, problem.locator)
    case .product(let product):
      [2] + place(product.evidence, product.volume) + Array(product.product.utf8) + [0]
    case .context(let file): key(3, file.locator)
    case .other: [4]
    case .defect: [5]
    case .summary: [6]
    }
  }

  private static func place(_ evidence: RawPath, _ volume: Volume?) -> [UInt8] {
    // Big-endian, so that the order of the bytes is that of the numbers.
    let index = UInt32(clamping: (volume?.index ?? -1) &+ 1).bigEndian
    return evidence.bytes + [0] + withUnsafeBytes(of: index) { Array($0) }
  }
}
