/// A message on the pipe between parent and helper.
package struct Frame {
  package let kind: UInt8
  package let fields: [UInt8]

  /// Creates a message of this kind.
  package init(kind: UInt8, fields: [UInt8]) {
    self.kind = kind
    self.fields = fields
  }

  /// Largest frame in bytes; longer ones are refused.
  package static let maximumLength = 16 << 20

  /// Appends length, kind and fields in their pipe format.
  func append(to bytes: inout [UInt8]) {
    withUnsafeBytes(of: UInt32(fields.count + 1).littleEndian) { bytes.append(contentsOf: $0) }
    bytes.append(kind)
    bytes.append(contentsOf: fields)
  }
}
