extension UnsafeRawBufferPointer {
  /// The little-endian number at `offset`; nil if it does not lie in the buffer.
  func little<Number: FixedWidthInteger>(_ offset: Int, as _: Number.Type = Number.self) -> Number?
  {
    guard offset >= 0, offset <= count - MemoryLayout<Number>.size else { return nil }
    return Number(littleEndian: loadUnaligned(fromByteOffset: offset, as: Number.self))
  }
}
