/// The block format of LZ4 (lz4/lz4, doc/lz4_Block_format.md): sequences of literals and a copy each; the last
/// one has literals alone.
enum LZ4 {
  /// Decompresses a block into `output`; answers how many bytes it has, nil if it does not hold.
  static func decode(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> Int? {
    var input = BlockInput(input)
    var output = BlockOutput(output)
    while true {
      guard let token = input.byte(), let count = length(token >> 4, &input),
        let bytes = input.take(count), output.append(bytes)
      else { return nil }
      if input.isAtEnd { return output.count }
      guard let distance = input.little(2), let copied = length(token & 15, &input),
        output.repeatBytes(distance: distance, length: copied + 4)
      else { return nil }
    }
  }

  /// Fifteen says that bytes follow which are added, the last of them not 255.
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
