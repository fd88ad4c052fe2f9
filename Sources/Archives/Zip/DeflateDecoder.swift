/// Decoder of Deflate streams (RFC 1951) that stops where its output is full, and keeps what it decoded before damage.
/// Its tables are small and quickly built, so that the first bytes of many streams are cheap; libdeflate decodes whole
/// ones.
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

  /// Where a block was left.
  private enum Stop: Equatable {
    case atBlockEnd
    /// Between two of its symbols.
    case paused
    case ended(End)
  }

  private let literals = HuffmanCode(symbols: 288, tableBits: 9)
  private let distances = HuffmanCode(symbols: 32, tableBits: 6)
  private let lengthCode = HuffmanCode(symbols: 19, tableBits: 7)
  private let lengths = UnsafeMutablePointer<UInt8>.allocate(capacity: 320)

  deinit { lengths.deallocate() }

  /// Decodes `input` into `output`; returns the number of bytes that were decoded. Once there are `offered` bytes,
  /// it ends if `isEnough` returns true for what there is.
  func decode(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer,
    offering offered: Int = .max, isEnough: (UnsafeRawBufferPointer) -> Bool = { _ in false }
  ) -> (count: Int, end: End) {
    var bits = BitReader(input)
    var (count, pause) = (0, offered)
    while true {
      bits.refill()
      let header = bits.peek(3)
      guard bits.skip(3) else { return (count, .damaged) }
      var stop: Stop
      switch header >> 1 {
      case 0: stop = copyStored(&bits, output, &count)
      case 1:
        readFixedCodes()
        stop = decodeBlock(&bits, output, &count, until: pause)
      case 2:
        guard readCodes(&bits) else { return (count, .damaged) }
        stop = decodeBlock(&bits, output, &count, until: pause)
      default: stop = .ended(.damaged)
      }
      if stop == .paused {
        pause = .max
        if isEnough(UnsafeRawBufferPointer(rebasing: output[..<count])) { return (count, .cut) }
        stop = decodeBlock(&bits, output, &count, until: pause)
      }
      if case .ended(let end) = stop { return (count, end) }
      if header & 1 == 1 { return (count, .whole) }
    }
  }

  // MARK: Blocks

  /// Copies a block that is not compressed.
  private func copyStored(
    _ bits: inout BitReader, _ output: UnsafeMutableRawBufferPointer, _ count: inout Int
  ) -> Stop {
    bits.alignToByte()
    bits.refill()
    let (length, complement) = (bits.peek(16), bits.peek(32) >> 16)
    guard bits.skip(32), length ^ complement == 0xFFFF else { return .ended(.damaged) }
    let block = bits.takeBytes(length)
    let room = output.count - count
    UnsafeMutableRawBufferPointer(rebasing: output[count...])
      .copyMemory(from: UnsafeRawBufferPointer(rebasing: block.prefix(room)))
    count += min(room, block.count)
    if block.count > room { return .ended(.cut) }
    return block.count < length ? .ended(.damaged) : .atBlockEnd
  }

  /// Decodes a block with the current codes. Pauses once there are `pause` bytes.
  private func decodeBlock(
    _ reader: inout BitReader, _ output: UnsafeMutableRawBufferPointer, _ count: inout Int,
    until pause: Int
  ) -> Stop {
    guard let bytes = output.baseAddress?.assumingMemoryBound(to: UInt8.self) else {
      return .ended(.cut)
    }
    // Copies, which stay in registers.
    var (bits, filled) = (reader, count)
    let (room, literals, distances) = (output.count, literals, distances)
    defer { (reader, count) = (bits, filled) }
    while true {
      if filled >= pause { return .paused }
      // Enough for the longest code of each kind, and their extra bits: 15 + 5 + 15 + 13.
      bits.refill()
      let symbol = literals.decode(&bits)
      if symbol < 256 {
        guard symbol >= 0 else { return .ended(.damaged) }
        guard filled < room else { return .ended(.cut) }
        bytes[filled] = UInt8(truncatingIfNeeded: symbol)
        filled += 1
        continue
      }
      if symbol == 256 { return .atBlockEnd }
      guard symbol <= 285 else { return .ended(.damaged) }
      let (base, extra) = Self.length(symbol - 257)
      let length = base + bits.peek(extra)
      guard bits.skip(extra) else { return .ended(.damaged) }
      let code = distances.decode(&bits)
      guard code >= 0, code < 30 else { return .ended(.damaged) }
      let (start, extraDistance) = Self.distance(code)
      let distance = start + bits.peek(extraDistance)
      guard bits.skip(extraDistance), distance <= filled else { return .ended(.damaged) }
      let end = min(filled + length, room)
      let isCut = filled + length > room
      // The ranges may overlap: a copy repeats its own bytes.
      while filled < end {
        bytes[filled] = bytes[filled - distance]
        filled += 1
      }
      if isCut { return .ended(.cut) }
    }
  }

  /// Length and number of extra bits of a length symbol from 0 to 28 (RFC 1951, 3.2.5).
  @inline(__always)
  private static func length(_ symbol: Int) -> (Int, Int) {
    if symbol < 8 { return (symbol + 3, 0) }
    if symbol == 28 { return (258, 0) }
    let extra = symbol >> 2 - 1
    return (((4 + symbol & 3) << extra) + 3, extra)
  }

  /// Distance and number of extra bits of a distance symbol from 0 to 29 (RFC 1951, 3.2.5).
  @inline(__always)
  private static func distance(_ symbol: Int) -> (Int, Int) {
    if symbol < 4 { return (symbol + 1, 0) }
    let extra = symbol >> 1 - 1
    return (((2 + symbol & 1) << extra) + 1, extra)
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
  private func readCodes(_ reader: inout BitReader) -> Bool {
    var bits = reader
    defer { reader = bits }
    bits.refill()
    let literalEnd = bits.peek(5) + 257
    let all = literalEnd + bits.peek(10) >> 5 + 1
    let count = bits.peek(14) >> 10 + 4
    guard bits.skip(14), literalEnd <= 286, all <= literalEnd + 30 else { return false }
    lengths.update(repeating: 0, count: 19)
    for index in 0..<count {
      // Enough for fourteen of three bits.
      if index % 14 == 0 { bits.refill() }
      lengths[Int(Self.order[index])] = UInt8(bits.peek(3))
      guard bits.skip(3) else { return false }
    }
    let lengthCode = lengthCode
    guard lengthCode.build(lengths, 19) else { return false }
    let lengths = lengths
    var index = 0
    while index < all {
      bits.refill()
      // Enough for four, each with its repeats: 7 + 7.
      for _ in 0..<4 where index < all {
        let symbol = lengthCode.decode(&bits)
        if symbol < 16 {
          guard symbol >= 0 else { return false }
          lengths[index] = UInt8(truncatingIfNeeded: symbol)
          index += 1
          continue
        }
        guard symbol > 16 || index > 0 else { return false }
        let (extra, least) = symbol == 16 ? (2, 3) : symbol == 17 ? (3, 3) : (7, 11)
        let repeats = bits.peek(extra) + least
        guard bits.skip(extra), repeats <= all - index else { return false }
        let value = symbol == 16 ? lengths[index - 1] : 0
        for place in index..<(index + repeats) { lengths[place] = value }
        index += repeats
      }
    }
    return literals.build(lengths, literalEnd)
      && distances.build(lengths + literalEnd, all - literalEnd)
  }

  /// Order of the lengths of the code for lengths (RFC 1951, 3.2.7).
  private static let order: [UInt8] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
  ]
}

/// A canonical Huffman code of up to 15 bits: a table for its short codes, and lists for the others.
private final class HuffmanCode {
  private let tableBits: Int
  /// By the next bits: a symbol, and in the lower four bits the length of its code; 0 for longer codes.
  private let table: UnsafeMutablePointer<UInt16>
  /// Number of codes of each length; behind them that of the first and of the second half of the symbols, which are
  /// counted and arranged side by side: a processor waits for a number that it has just stored.
  private let counts = UnsafeMutablePointer<Int>.allocate(capacity: 48)
  /// Place of the next symbol with a code of each length in both halves, while the code is built.
  private let places = UnsafeMutablePointer<Int>.allocate(capacity: 32)
  /// Symbols in the order of their codes, behind those without one.
  private let symbols: UnsafeMutablePointer<UInt16>

  /// Number of symbols without a code.
  private var unused: Int { counts[0] }

  init(symbols count: Int, tableBits: Int) {
    self.tableBits = tableBits
    table = .allocate(capacity: 1 << tableBits)
    symbols = .allocate(capacity: count)
  }

  deinit {
    table.deallocate()
    counts.deallocate()
    places.deallocate()
    symbols.deallocate()
  }

  /// Builds the code with these lengths; false if they leave no room for each other.
  func build(_ lengths: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    guard self.count(lengths, count) else { return false }
    arrange(lengths, count)
    fill(table, symbols)
    return true
  }

  /// Counts the codes of each length; false if they leave no room for each other.
  private func count(_ lengths: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    let counts = counts
    let (first, second) = (counts + 16, counts + 32)
    first.update(repeating: 0, count: 32)
    let half = count / 2
    for symbol in 0..<half {
      first[Int(lengths[symbol])] &+= 1
      second[Int(lengths[half &+ symbol])] &+= 1
    }
    if count & 1 == 1 { second[Int(lengths[count &- 1])] &+= 1 }
    counts[0] = first[0] &+ second[0]
    var left = 1
    for length in 1..<16 {
      counts[length] = first[length] &+ second[length]
      left = left << 1 - counts[length]
      guard left >= 0 else { return false }
    }
    return true
  }

  /// Arranges the symbols whose lengths were counted.
  private func arrange(_ lengths: UnsafePointer<UInt8>, _ count: Int) {
    let (places, symbols) = (places, symbols)
    let (first, second) = (places, places + 16)
    var place = 0
    for length in 0..<16 {
      first[length] = place
      second[length] = place &+ counts[16 &+ length]
      place &+= counts[length]
    }
    // Without a branch: symbols without a code come first.
    let half = count / 2
    for symbol in 0..<half {
      Self.put(symbol, lengths, first, symbols)
      Self.put(half &+ symbol, lengths, second, symbols)
    }
    if count & 1 == 1 { Self.put(count &- 1, lengths, second, symbols) }
  }

  @inline(__always)
  private static func put(
    _ symbol: Int, _ lengths: UnsafePointer<UInt8>, _ places: UnsafeMutablePointer<Int>,
    _ symbols: UnsafeMutablePointer<UInt16>
  ) {
    let length = Int(lengths[symbol])
    symbols[places[length]] = UInt16(truncatingIfNeeded: symbol)
    places[length] &+= 1
  }

  /// Fills the table with the codes in their order. The table is as long as the codes so far need, and is doubled for longer
  /// ones.
  private func fill(_ table: UnsafeMutablePointer<UInt16>, _ symbols: UnsafePointer<UInt16>) {
    var (size, index, code) = (1, unused, 0)
    table[0] = 0
    for length in 1...tableBits {
      (table + size).update(from: table, count: size)
      size <<= 1
      for _ in 0..<counts[length] {
        table[code] = symbols[index] << 4 | UInt16(truncatingIfNeeded: length)
        index &+= 1
        // The next code, in the order of the bits in a stream: its highest zero becomes one, and those above it zeros.
        let zeros = code ^ (size &- 1)
        guard zeros != 0 else { continue }
        let bit = 1 << (Int.bitWidth &- 1 &- zeros.leadingZeroBitCount)
        code = code & (bit &- 1) | bit
      }
    }
  }

  /// The next symbol of bits that were refilled; negative if there is none with this code.
  @inline(__always)
  func decode(_ bits: inout BitReader) -> Int {
    let entry = Int(table[bits.peek(tableBits)])
    if entry != 0 { return bits.skip(entry & 15) ? entry >> 4 : -1 }
    return decodeLong(&bits)
  }

  @inline(never)
  private func decodeLong(_ bits: inout BitReader) -> Int {
    var (code, first, index) = (0, 0, unused)
    var rest = bits.peek(15)
    for length in 1..<16 {
      code |= rest & 1
      rest >>= 1
      let count = counts[length]
      if code - count < first {
        return bits.skip(length) ? Int(symbols[index + code - first]) : -1
      }
      index += count
      first = (first + count) << 1
      code <<= 1
    }
    return -1
  }
}

/// Reader of the bits of a Deflate stream, the least significant first.
private struct BitReader {
  private let input: UnsafeRawBufferPointer
  private var position = 0
  private var available = 0
  /// The next bits; zeros, or later bits, behind those that are available.
  private var bits: UInt64 = 0

  init(_ input: UnsafeRawBufferPointer) { self.input = input }

  /// Makes at least 56 bits available if the input has them.
  @inline(__always)
  mutating func refill() {
    if input.count &- position >= 8 {
      bits |=
        UInt64(littleEndian: input.loadUnaligned(fromByteOffset: position, as: UInt64.self))
        &<< UInt64(truncatingIfNeeded: available)
      position &+= (63 &- available) &>> 3
      available |= 56
      return
    }
    while available <= 56, position < input.count {
      bits |= UInt64(input[position]) &<< UInt64(truncatingIfNeeded: available)
      position += 1
      available += 8
    }
  }

  /// The next bits, without skipping them: up to 32, of those that were refilled.
  @inline(__always)
  func peek(_ count: Int) -> Int {
    Int(truncatingIfNeeded: bits & ((1 as UInt64) &<< UInt64(truncatingIfNeeded: count) &- 1))
  }

  /// Skips bits; false if there are fewer.
  @inline(__always)
  mutating func skip(_ count: Int) -> Bool {
    guard count <= available else { return false }
    bits &>>= UInt64(truncatingIfNeeded: count)
    available &-= count
    return true
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
