import Bytes

/// Block format of Snappy (google/snappy, format_description.txt): the uncompressed length,
/// then literals and copies. Implemented here in some 60 lines to avoid a further library.
enum Snappy {
  /// Decompresses a block into `output`; returns its length in bytes, nil if it is invalid.
  static func decode(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> Int? {
    var input = BlockInput(input)
    var output = BlockOutput(output)
    guard let length = length(&input) else { return nil }
    while output.count < length {
      guard let tag = input.byte() else { return nil }
      switch tag & 3 {
      case 0:
        guard let count = literalLength(tag >> 2, &input), let bytes = input.readBytes(count),
          output.append(bytes)
        else { return nil }
      case 1:
        guard let low = input.byte(),
          output.repeatBytes(distance: (tag >> 5) << 8 | low, length: tag >> 2 & 7 + 4)
        else { return nil }
      case let kind:
        guard let distance = input.little(kind == 2 ? 2 : 4),
          output.repeatBytes(distance: distance, length: tag >> 2 + 1)
        else { return nil }
      }
    }
    return output.count == length && input.isAtEnd ? length : nil
  }

  /// Reads a number of up to 32 bits, seven per byte, lowest first.
  private static func length(_ input: inout BlockInput) -> Int? {
    var length = 0
    for shift in stride(from: 0, to: 35, by: 7) {
      guard let byte = input.byte() else { return nil }
      length |= (byte & 0x7F) << shift
      if byte < 0x80 { return length <= UInt32.max ? length : nil }
    }
    return nil
  }

  /// Reads the length of a literal: its length minus one in six bits; from 60, the number of
  /// bytes that contain it.
  private static func literalLength(_ bits: Int, _ input: inout BlockInput) -> Int? {
    bits < 60 ? bits + 1 : input.little(bits - 59).map { $0 + 1 }
  }
}
