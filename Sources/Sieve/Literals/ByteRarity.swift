/// Estimates the rarity of a run of bytes, so that the search uses literals that few items contain.
///
/// The estimate selects among literals that are all required. No result depends on it.
enum ByteRarity {
  /// Half bits of information of each byte value: -2 · log2 of its share in the kind of content where it is most
  /// common. Measured on ELF and PE files, program texts, and web documents, 64 MiB of each.
  private static let halfBits: [UInt8] = [
    3, 10, 13, 13, 13, 13, 14, 16, 12, 16, 11, 16, 15, 17, 14, 11,
    15, 17, 17, 16, 16, 17, 18, 18, 16, 18, 18, 19, 17, 19, 20, 15,
    4, 19, 9, 16, 12, 17, 19, 14, 13, 13, 15, 18, 13, 15, 13, 13,
    15, 15, 16, 16, 17, 17, 18, 18, 17, 16, 12, 16, 12, 15, 12, 19,
    14, 13, 17, 16, 14, 15, 17, 19, 10, 15, 19, 19, 14, 16, 16, 16,
    16, 19, 16, 15, 15, 17, 17, 18, 18, 18, 20, 17, 17, 17, 18, 11,
    18, 9, 14, 11, 11, 8, 12, 14, 12, 10, 18, 16, 11, 12, 9, 9,
    11, 18, 10, 9, 9, 12, 16, 16, 15, 14, 19, 15, 18, 15, 19, 19,
    16, 18, 19, 13, 15, 14, 19, 20, 18, 11, 19, 11, 19, 14, 21, 21,
    15, 18, 21, 21, 19, 21, 22, 20, 20, 22, 22, 22, 20, 22, 22, 19,
    19, 20, 21, 21, 21, 21, 22, 22, 19, 19, 19, 22, 20, 22, 22, 21,
    19, 22, 22, 22, 18, 20, 18, 20, 18, 18, 18, 21, 20, 21, 18, 20,
    14, 16, 18, 16, 17, 18, 18, 15, 17, 17, 20, 19, 17, 21, 20, 20,
    17, 19, 18, 20, 20, 21, 19, 20, 18, 18, 20, 18, 20, 20, 20, 18,
    17, 19, 19, 20, 19, 20, 20, 19, 13, 15, 20, 16, 17, 19, 18, 18,
    17, 19, 19, 18, 19, 19, 18, 18, 16, 17, 18, 18, 17, 17, 16, 9,
  ]

  /// Bytes used for padding and for ruled lines: each is usually followed by itself.
  private static let padding = ByteSet([
    0x00, 0x09, 0x20, 0x2A, 0x2D, 0x2E, 0x2F, 0x3D, 0x41, 0x5F, 0x90, 0xCC, 0xEE, 0xFF,
  ])
  private static let halfBitsOfPadding = 2
  /// Rarity of any other byte that follows itself.
  private static let halfBitsOfRepetition = 9
  /// Discount for a letter behind a letter, since both belong to a word.
  private static let discountOfWords = 2
  private static let discountOfEitherCase = 2

  /// Half bits of a run. A letter in either case counts a bit less.
  static func halfBits(of bytes: some Sequence<UInt8>, ignoresCase: Bool) -> Int {
    var sum = 0
    var previous: UInt8?
    for byte in bytes {
      var bits = Int(halfBits[Int(byte)])
      if let previous {
        if byte == previous {
          bits = min(bits, padding.contains(byte) ? halfBitsOfPadding : halfBitsOfRepetition)
        } else if isLetter(byte), isLetter(previous) {
          bits -= discountOfWords
        }
      }
      if ignoresCase, isLetter(byte) { bits -= discountOfEitherCase }
      sum += max(1, bits)
      previous = byte
    }
    return sum
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }
}
