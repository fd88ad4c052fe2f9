/// Writes a plan: little-endian integers, and sequences behind their lengths.
struct PlanWriter {
  private(set) var bytes: [UInt8] = []

  mutating func add(_ value: UInt8) { bytes.append(value) }

  mutating func add(_ value: Bool) { bytes.append(value ? 1 : 0) }

  mutating func add(_ value: Int32) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func add(_ value: Int64) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func add(_ values: [Int32]) {
    add(Int32(values.count))
    for value in values { add(value) }
  }

  mutating func add(_ content: [UInt8]) {
    add(Int32(content.count))
    bytes += content
  }

  mutating func add(_ text: String) { add(Array(text.utf8)) }

  /// A sequence whose elements `body` writes.
  mutating func add<Element>(_ elements: [Element], _ body: (inout PlanWriter, Element) -> Void) {
    add(Int32(elements.count))
    for element in elements { body(&self, element) }
  }
}
