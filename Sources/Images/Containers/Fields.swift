/// Fixed fields of headers, whose length the caller has made sure of.
extension [UInt8] {
  /// The little-endian number at `offset`.
  func little<Number: FixedWidthInteger>(_ offset: Int, as: Number.Type = Number.self) -> Number {
    Number(littleEndian: number(offset))
  }

  /// The big-endian number at `offset`.
  func big<Number: FixedWidthInteger>(_ offset: Int, as: Number.Type = Number.self) -> Number {
    Number(bigEndian: number(offset))
  }

  private func number<Number: FixedWidthInteger>(_ offset: Int) -> Number {
    withUnsafeBytes { bytes in
      // One that lies outside is a mistake of ours: it ends here, and reads no foreign memory.
      precondition(offset >= 0 && bytes.count - offset >= MemoryLayout<Number>.size)
      return bytes.loadUnaligned(fromByteOffset: offset, as: Number.self)
    }
  }

  /// Whether the ASCII `text` stands at `offset`.
  func has(_ text: StaticString, at offset: Int) -> Bool {
    let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    return count - offset >= wanted.count
      && self[offset...].prefix(wanted.count).elementsEqual(wanted)
  }
}

extension UInt64 {
  /// How many blocks of `length` bytes it takes to hold so many bytes.
  func blocks(of length: UInt64) -> UInt64 { self / length + (self % length == 0 ? 0 : 1) }
}
