import Bytes

/// Decoder of Deflate streams (RFC 1951) that stops where its output is full, and keeps what it decoded before damage. It
/// needs no tables of kilobytes, so that the first bytes of many streams are cheap; libdeflate decodes whole ones.
final class DeflateDecoder {
  /// Where decoding has ended.
  enum End {
    /// At the end of the stream.
    case whole
    /// At the end of the output: there is more, or may be.
    case cut
    /// At bytes that are no Deflate stream, or at the end of the input.
    case damaged
  }

  private let literals = HuffmanCode(symbols: 288)
  private let distances = HuffmanCode(symbols: 32)
  private let lengthCode = HuffmanCode(symbols: 19)
  private let lengths = UnsafeMutablePointer<UInt8>.allocate(capacity: 320)

  deinit { lengths.deallocate() }

  /// Decodes `input` into `output`; returns the number of bytes that were decoded.
  func decode(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer)
    -> (count: Int, end: End)
  {
    var bits = BitReader(input)
    var count = 0
    while true {
      guard let isLast = bits.take(1), let kind = bits.take(2) else { return (count, .damaged) }
      let end: End?
      switch kind {
      case 0: end = copyStored(&bits, output, &count)
      case 1:
        readFixedCodes()
        end = decodeBlock(&bits, output, &count)
      case 2:
        guard readCodes(&bits) else { return (count, .damaged) }
        end = decodeBlock(&bits, output, &count)
      default: end = .damaged
      }
      if let end { return (count, end) }
      if isLast == 1 { return (count, .whole) }
    }
  }

  // MARK: Blocks

  /// Copies a block that is not compressed; nil at its end.
  private func copyStored(
    _ bits: inout BitReader, _ output: UnsafeMutableRawBufferPointer, _ count: inout Int
  ) -> End? {
    bits.alignToByte()
    guard let length = bits.take(16), let complement = bits.take(16), length ^ complement == 0xFFFF
    else { return .damaged }
    let block = bits.takeBytes(Int(length))
    let room = output.count - count
    UnsafeMutableRawBufferPointer(rebasing: output[count...])
      .copyMemory(from: UnsafeRawBufferPointer(rebasing: block.prefix(room)))
    count += min(room, block.count)
    if block.count > room { return .cut }
    return block.count < Int(length) ? .damaged : nil
  }

  /// Decodes a block with the current codes; nil at its end.
  private func decodeBlock(
    _ bits: inout BitReader, _ output: UnsafeMutableRawBufferPointer, _ count: inout Int
  ) -> End? {
    guard let bytes = output.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return .cut }
    while true {
      // Enough for the longest code of each kind, and their extra bits: 15 + 5 + 15 + 13.
      bits.refill()
      guard let symbol = literals.decode(&bits) else { return .damaged }
      if symbol < 256 {
        guard count < output.count else { return .cut }
        bytes[count] = UInt8(truncatingIfNeeded: symbol)
        count += 1
        continue
      }
      if symbol == 256 { return nil }
      guard symbol <= 285 else { return .damaged }
      let (base, extra) = Self.length(symbol - 257)
      guard let more = bits.takeRefilled(extra), let code = distances.decode(&bits), code < 30
      else { return .damaged }
      let (start, extraDistance) = Self.distance(code)
      guard let moreDistance = bits.takeRefilled(extraDistance) else { return .damaged }
      let distance = start + Int(moreDistance)
      guard distance <= count else { return .damaged }
      let length = base + Int(more)
      let copied = min(length, output.count - count)
      // The ranges may overlap: a copy repeats its own bytes.
      for index in count..<(count + copied) { bytes[index] = bytes[index - distance] }
      count += copied
      if copied < length { return .cut }
    }
  }

  /// Length and number of extra bits of a length symbol from 0 to 28 (RFC 1951, 3.2.5).
  private static func length(_ symbol: Int) -> (Int, Int) {
    if symbol < 8 { return (symbol + 3, 0) }
    if symbol == 28 { return (258, 0) }
    let extra = symbol / 4 - 1
    return (((4 + symbol % 4) << extra) + 3, extra)
  }

  /// Distance and number of extra bits of a distance symbol from 0 to 29 (RFC 1951, 3.2.5).
  private static func distance(_ symbol: Int) -> (Int, Int) {
    if symbol < 4 { return (symbol + 1, 0) }
    let extra = symbol / 2 - 1
    return (((2 + symbol % 2) << extra) + 1, extra)
  }

  // MARK: Codes

  private func readFixedCodes() {
    for symbol in 0..<288 {
      lengths[symbol] = symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8
    }
    _ = literals.build(lengths, 288)
    lengths.update(repeating: 5, count: 30)
    _ = distances.build(lengths, 30)
  }

  /// Reads the codes of a block; false if they are invalid (RFC 1951, 3.2.7).
  private func readCodes(_ bits: inout BitReader) -> Bool {
    guard let literalCount = bits.take(5), let distanceCount = bits.take(5),
      let count = bits.take(4)
    else { return false }
    let (literalEnd, all) = (Int(literalCount) + 257, Int(literalCount + distanceCount) + 258)
    guard literalEnd <= 286, all <= literalEnd + 30 else { return false }
    lengths.update(repeating: 0, count: 19)
    for index in 0..<(Int(count) + 4) {
      guard let length = bits.take(3) else { return false }
      lengths[Int(Self.order[index])] = UInt8(length)
    }
    guard lengthCode.build(lengths, 19) else { return false }
    var index = 0
    while index < all {
      bits.refill()
      guard let symbol = lengthCode.decode(&bits) else { return false }
      if symbol < 16 {
        lengths[index] = UInt8(symbol)
        index += 1
        continue
      }
      guard let (value, repeats) = repetition(symbol, at: index, &bits), repeats <= all - index
      else { return false }
      (lengths + index).update(repeating: value, count: repeats)
      index += repeats
    }
    return literals.build(lengths, literalEnd)
      && distances.build(lengths + literalEnd, all - literalEnd)
  }

  private func repetition(_ symbol: Int, at index: Int, _ bits: inout BitReader) -> (UInt8, Int)? {
    switch symbol {
    case 16: index == 0 ? nil : bits.takeRefilled(2).map { (lengths[index - 1], Int($0) + 3) }
    case 17: bits.takeRefilled(3).map { (0, Int($0) + 3) }
    default: bits.takeRefilled(7).map { (0, Int($0) + 11) }
    }
  }

  /// Order of the lengths of the code for lengths (RFC 1951, 3.2.7).
  private static let order: InlineArray<19, UInt8> = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
  ]
}

/// A canonical Huffman code of up to 15 bits.
private final class HuffmanCode {
  /// Number of codes of each length.
  private let counts = UnsafeMutablePointer<UInt16>.allocate(capacity: 16)
  /// Symbols in the order of their codes.
  private let symbols: UnsafeMutablePointer<UInt16>

  init(symbols count: Int) { symbols = .allocate(capacity: count) }

  deinit {
    counts.deallocate()
    symbols.deallocate()
  }

  /// Builds the code with these lengths; false if they leave no room for each other.
  func build(_ lengths: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    counts.update(repeating: 0, count: 16)
    for symbol in 0..<count { counts[Int(lengths[symbol])] += 1 }
    counts[0] = 0
    var left = 1
    var offsets = InlineArray<16, UInt16>(repeating: 0)
    for length in 1..<16 {
      left = left << 1 - Int(counts[length])
      guard left >= 0 else { return false }
      if length < 15 { offsets[length + 1] = offsets[length] + counts[length] }
    }
    for symbol in 0..<count where lengths[symbol] > 0 {
      let length = Int(lengths[symbol])
      symbols[Int(offsets[length])] = UInt16(symbol)
      offsets[length] += 1
    }
    return true
  }

  /// The next symbol of bits that were refilled; nil if there is none with this code.
  @inline(__always)
  func decode(_ bits: inout BitReader) -> Int? {
    var (code, first, index) = (0, 0, 0)
    var rest = bits.bits
    for length in 1..<16 {
      code |= Int(rest & 1)
      rest >>= 1
      let count = Int(counts[length])
      if code - count < first {
        guard bits.skip(length) else { return nil }
        return Int(symbols[index + code - first])
      }
      index += count
      first = (first + count) << 1
      code <<= 1
    }
    return nil
  }
}

/// Reader of the bits of a Deflate stream, the least significant first.
private struct BitReader {
  private let input: UnsafeRawBufferPointer
  private var position = 0
  private var available = 0
  /// The next bits; zeros behind the end of the input.
  private(set) var bits: UInt64 = 0

  init(_ input: UnsafeRawBufferPointer) { self.input = input }

  /// Makes at least 56 bits available if the input has them.
  @inline(__always)
  mutating func refill() {
    if input.count - position >= 8 {
      bits |=
        UInt64(littleEndian: input.loadUnaligned(fromByteOffset: position, as: UInt64.self))
        << UInt64(available)
      position += (63 - available) >> 3
      available |= 56
      return
    }
    while available <= 56, position < input.count {
      bits |= UInt64(input[position]) << UInt64(available)
      position += 1
      available += 8
    }
  }

  /// Skips bits; false if there are fewer.
  @inline(__always)
  mutating func skip(_ count: Int) -> Bool {
    guard count <= available else { return false }
    bits >>= UInt64(count)
    available -= count
    return true
  }

  /// The next bits of those that were refilled.
  @inline(__always)
  mutating func takeRefilled(_ count: Int) -> UInt32? {
    let value = UInt32(truncatingIfNeeded: bits & (1 << UInt64(count) - 1))
    return skip(count) ? value : nil
  }

  mutating func take(_ count: Int) -> UInt32? {
    refill()
    return takeRefilled(count)
  }

  mutating func alignToByte() { _ = skip(available % 8) }

  /// The next bytes, from a byte boundary; fewer only at the end.
  mutating func takeBytes(_ count: Int) -> UnsafeRawBufferPointer {
    position -= available / 8
    (available, bits) = (0, 0)
    let end = min(input.count, position + count)
    defer { position = end }
    return UnsafeRawBufferPointer(rebasing: input[position..<end])
  }
}
