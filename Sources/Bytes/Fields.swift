// Numbers and marks in headers of evidence. One convention: if the caller has not checked the length (buffers and
// spans), a number is optional; if the caller has checked the length of a header (arrays), a place outside ends the program.

extension [UInt8] {
  /// Little-endian number at `offset`, which the caller has checked.
  @inlinable package func little<Number: FixedWidthInteger>(
    _ offset: Int, as: Number.Type = Number.self
  ) -> Number {
    Number(littleEndian: fixedNumber(offset))
  }

  /// Big-endian number at `offset`, where the caller knows that there is one.
  @inlinable package func big<Number: FixedWidthInteger>(
    _ offset: Int, as: Number.Type = Number.self
  ) -> Number {
    Number(bigEndian: fixedNumber(offset))
  }

  @inlinable package func fixedNumber<Number: FixedWidthInteger>(_ offset: Int) -> Number {
    withUnsafeBytes { bytes in
      // An offset outside is a bug of ours: stop instead of reading unrelated memory.
      precondition(offset >= 0 && bytes.count - offset >= MemoryLayout<Number>.size)
      return bytes.loadUnaligned(fromByteOffset: offset, as: Number.self)
    }
  }

  /// Whether the ASCII `text` is at `offset`.
  package func has(_ text: StaticString, at offset: Int) -> Bool {
    let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    return count - offset >= wanted.count
      && self[offset...].prefix(wanted.count).elementsEqual(wanted)
  }

  /// Whether `magic`, a text of code points up to U+00FF, is at `offset`.
  package func holds(_ magic: String, at offset: Int) -> Bool {
    let wanted = magic.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    return count >= offset + wanted.count && self[offset..<(offset + wanted.count)] == wanted[...]
  }
}

extension UnsafeRawBufferPointer {
  /// Little-endian number at `offset`; nil if it is not inside the buffer.
  @inlinable package func little<Number: FixedWidthInteger>(
    _ offset: Int, as _: Number.Type = Number.self
  ) -> Number? {
    guard offset >= 0, offset <= count - MemoryLayout<Number>.size else { return nil }
    return Number(littleEndian: loadUnaligned(fromByteOffset: offset, as: Number.self))
  }
}

extension RawSpan {
  /// Little-endian number at `offset`; nil if it is not inside the span.
  @inlinable package func little<Number: FixedWidthInteger & BitwiseCopyable>(
    _ offset: Int, as _: Number.Type = Number.self
  ) -> Number? {
    guard offset >= 0, offset <= byteCount - MemoryLayout<Number>.size else { return nil }
    return Number(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: Number.self))
  }
}

extension UInt64 {
  /// Number of blocks of `length` bytes needed to hold this number of bytes.
  @inlinable package func blocks(of length: UInt64) -> UInt64 {
    self / length + (self % length == 0 ? 0 : 1)
  }
}
