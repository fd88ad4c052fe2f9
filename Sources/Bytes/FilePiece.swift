/// Bytes of an open file, or zeros that are not stored.
public struct FilePiece: Hashable, Sendable {
  /// The open file; nil for zeros.
  public let descriptor: Int32?
  /// Offset of the first byte in that file.
  public let offset: UInt64
  /// The length in bytes.
  public let length: UInt64

  /// Creates a piece of `length` bytes of an open file from `offset`.
  public init(descriptor: Int32?, offset: UInt64, length: UInt64) {
    self.descriptor = descriptor
    self.offset = offset
    self.length = length
  }
}
