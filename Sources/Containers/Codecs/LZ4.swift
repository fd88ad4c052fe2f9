import Bytes

/// Block format of LZ4 (lz4/lz4, doc/lz4_Block_format.md): sequences of literals and a copy
/// each; the last one has only literals.
enum LZ4 {
  /// Decompresses a block into `output`; returns its length in bytes, nil if it is invalid.
  static func decode(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> Int? {
    var input = BlockInput(input)
    var output = BlockOutput(output)
    while true {
      guard let token = input.byte(), let count = length(token >> 4, &input),
        let bytes = input.readBytes(count), output.append(bytes)
      else { return nil }
      if input.isAtEnd { return output.count }
      guard let distance = input.little(2), let copied = length(token & 15, &input),
        output.repeatBytes(distance: distance, length: copied + 4)
      else { return nil }
    }
  }

  /// Reads a length: fifteen means that further bytes are added, up to one that is not 255.
  private static func length(_ bits: Int, _ input: inout BlockInput) -> Int? {
    var length = bits
    guard bits == 15 else { return length }
    while true {
      guard let byte = input.byte() else { return nil }
      length += byte
      if byte < 255 { return length }
    }
  }
}
