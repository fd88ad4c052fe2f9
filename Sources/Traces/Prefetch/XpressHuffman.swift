import Bytes

/// Decoder of LZXPRESS Huffman, the compression of prefetch files since Windows 10.
///
/// Blocks of up to 65,536 bytes of output, each with a table of 512 code lengths: symbols below 256 are bytes, the
/// others are references to earlier output.
///
/// Microsoft, "[MS-XCA]: Xpress Compression Algorithm", 2.2. The input is untrusted: the output has at most the size
/// that the caller allows, and every step produces some of it.
struct XpressHuffman {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0
  /// The next bits of the stream, from the top; ``extraBits`` of them are there beyond 16.
  private var bits: UInt32 = 0
  private var extraBits = 0
  private var output: [UInt8] = []
  /// Whether the input ended too early.
  private var isCut = false
  /// Symbol and code length by the next 15 bits; length 0 for a code that the table does not define.
  private var table = [UInt16](repeating: 0, count: 1 << longestCode)

  private static let longestCode = 15
  private static let symbolCount = 512
  private static let tableLength = symbolCount / 2
  private static let blockLength = 65536

  /// Decodes `bytes` to exactly `size` bytes; nil if they are damaged.
  static func decode(_ bytes: UnsafeRawBufferPointer, size: Int) -> [UInt8]? {
    var decoder = XpressHuffman(bytes)
    decoder.output.reserveCapacity(size)
    while decoder.output.count < size {
      guard decoder.decodeBlock(limit: size), !decoder.isCut else { return nil }
    }
    return decoder.output
  }

  private init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  // MARK: Blocks

  private mutating func decodeBlock(limit: Int) -> Bool {
    guard buildTable() else { return false }
    bits = nextWord() << 16 | nextWord()
    extraBits = 16
    let end = min(limit, output.count + Self.blockLength)
    while output.count < end {
      guard !isCut else { return false }
      let entry = table[Int(bits >> 17)]
      let length = Int(entry >> 9)
      guard length > 0 else { return false }
      skip(length)
      let symbol = Int(entry & 0x1FF)
      if symbol < 256 {
        output.append(UInt8(symbol))
      } else if !copy(symbol - 256, limit: limit) {
        return false
      }
    }
    return true
  }

  /// Copies earlier output: the low four bits of the code state its length, the high ones that of the distance.
  private mutating func copy(_ code: Int, limit: Int) -> Bool {
    var length = code & 15
    let distanceBits = code >> 4
    if length == 15 {
      guard let extra = longLength() else { return false }
      length = extra
    }
    length += 3
    let distance =
      1 << distanceBits | (distanceBits == 0 ? 0 : Int(bits >> UInt32(32 - distanceBits)))
    skip(distanceBits)
    guard distance <= output.count, length <= limit - output.count else { return false }
    for _ in 0..<length { output.append(output[output.count - distance]) }
    return true
  }

  /// Length that does not fit into a code: a byte, or two or four bytes behind it; nil beyond the end.
  private mutating func longLength() -> Int? {
    guard let first: UInt8 = bytes.little(position) else { return nil }
    position += 1
    guard first == 255 else { return Int(first) + 15 }
    guard let second: UInt16 = bytes.little(position) else { return nil }
    position += 2
    if second > 0 { return second < 15 ? nil : Int(second) }
    guard let third: UInt32 = bytes.little(position), third >= 15 else { return nil }
    position += 4
    return Int(third)
  }

  // MARK: Bits

  private mutating func skip(_ count: Int) {
    bits <<= UInt32(count)
    extraBits -= count
    guard extraBits < 0 else { return }
    bits |= nextWord() << UInt32(-extraBits)
    extraBits += 16
  }

  /// Next 16 bits of the stream, which the encoder fills up.
  private mutating func nextWord() -> UInt32 {
    defer { position += 2 }
    if let word: UInt16 = bytes.little(position) { return UInt32(word) }
    isCut = true
    return 0
  }

  // MARK: Codes

  /// Reads the code lengths of a block, and assigns the codes: shorter ones first, then by symbol. False unless they
  /// use all of the 15 bits ([MS-XCA], 2.2.4).
  private mutating func buildTable() -> Bool {
    guard bytes.count - position >= Self.tableLength else { return false }
    let lengths = bytes[position..<(position + Self.tableLength)]
    position += Self.tableLength
    var next = 0
    for length in 1...Self.longestCode {
      for (index, byte) in lengths.enumerated() {
        for (offset, stated) in [byte & 15, byte >> 4].enumerated() where stated == UInt8(length) {
          let count = 1 << (Self.longestCode - length)
          guard next + count <= table.count else { return false }
          let entry = UInt16(length << 9 | (2 * index + offset))
          for code in next..<(next + count) { table[code] = entry }
          next += count
        }
      }
    }
    return next == table.count
  }
}
