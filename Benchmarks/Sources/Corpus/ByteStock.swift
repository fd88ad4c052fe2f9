/// Stock of bytes from which files are cut: prose, machine code and noise, generated once. Each
/// file is a different cut, so files differ, and generating them costs little more than writing
/// them.
struct ByteStock {
  private let prose: [UInt8]
  private let code: [UInt8]
  private let noise: [UInt8]

  /// The texture of a cut.
  enum Texture {
    /// Words and lines, as in documents and source text.
    case prose
    /// Bytes distributed as in x86-64 code.
    case code
    /// Evenly distributed bytes, as in compressed data.
    case noise
  }

  /// Creates a stock of `count` bytes of each texture.
  init(_ random: inout SplitMix64, count: Int = 4 << 20) {
    prose = Self.prose(&random, count)
    code = Self.code(&random, count)
    noise = Self.noise(&random, count)
  }

  /// Appends `count` bytes of a texture, from anywhere in the stock.
  func append(
    _ count: Int, of texture: Texture, to bytes: inout [UInt8], _ random: inout SplitMix64
  ) {
    let stock =
      switch texture {
      case .prose: prose
      case .code: code
      case .noise: noise
      }
    var rest = count
    while rest > 0 {
      let start = random.below(stock.count)
      let cut = stock[start..<min(start + rest, stock.count)]
      bytes.append(contentsOf: cut)
      rest -= cut.count
    }
  }

  private static func prose(_ random: inout SplitMix64, _ count: Int) -> [UInt8] {
    let words = (0..<2048).map { _ in word(&random) }
    var text = [UInt8]()
    while text.count < count {
      // The product favours the first words, as language does.
      text.append(contentsOf: words[random.below(words.count) * random.below(256) / 256])
      text.append(random.below(11) == 0 ? UInt8(ascii: "\n") : UInt8(ascii: " "))
    }
    return text
  }

  private static func word(_ random: inout SplitMix64) -> [UInt8] {
    let letters = Array("etaoinshrdlucmfwypvbgk_=(){};/.,0123456789ETAOIN\"".utf8)
    return (0..<random.below(9) + 2).map { _ in
      letters[random.below(letters.count) * random.below(256) / 256]
    }
  }

  private static func code(_ random: inout SplitMix64, _ count: Int) -> [UInt8] {
    // Common instruction prefixes, each followed by its operand.
    let instructions: [(opcode: [UInt8], operand: Int)] = [
      ([0x48, 0x8B], 2), ([0x48, 0x89], 2), ([0x48, 0x8D, 0x05], 4), ([0xE8], 4), ([0xE9], 4),
      ([0x0F, 0x84], 4), ([0x0F, 0x85], 4), ([0x74], 1), ([0x75], 1), ([0x31, 0xC0], 0),
      ([0x85, 0xC0], 0), ([0x48, 0x83, 0xC4], 1), ([0x48, 0x83, 0xEC], 1), ([0x55], 0),
      ([0x5D], 0), ([0xC3], 0), ([0x41, 0x57], 0), ([0x41, 0x56], 0), ([0x66, 0x90], 0),
      ([0x8B, 0x45], 1), ([0xC7, 0x45], 5), ([0x0F, 0x1F, 0x44, 0x00, 0x00], 0),
    ]
    var bytes = [UInt8]()
    while bytes.count < count {
      let (opcode, operand) = instructions[random.below(instructions.count)]
      bytes.append(contentsOf: opcode)
      // Operands are mostly small: their high bytes are zero.
      for index in 0..<operand {
        bytes.append(index < 2 ? UInt8(truncatingIfNeeded: random.next()) : 0)
      }
    }
    return bytes
  }

  private static func noise(_ random: inout SplitMix64, _ count: Int) -> [UInt8] {
    var bytes = [UInt8]()
    bytes.reserveCapacity(count)
    for _ in 0..<count / 8 {
      withUnsafeBytes(of: random.next().littleEndian) { bytes.append(contentsOf: $0) }
    }
    return bytes
  }
}
