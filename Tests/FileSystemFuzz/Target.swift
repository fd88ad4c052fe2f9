import TestSupport

/// An image to be damaged in its metadata.
protocol Target {
  var name: String { get }
  var bytes: [UInt8] { get }

  /// Whether its numbers are big-endian.
  var isBigEndian: Bool { get }

  /// Significant 16-bit values of the format.
  var halfWords: [Int] { get }

  /// Picks an offset to change.
  func place(_ random: inout SeededGenerator) -> Int

  /// Bytes from another place in the metadata.
  func foreignBytes(at place: Int, _ random: inout SeededGenerator) -> [UInt8]
}

extension Target {
  var isBigEndian: Bool { false }

  /// Changes to a few numbers of the metadata.
  func damage(_ random: inout SeededGenerator) -> [(offset: Int, bytes: [UInt8])] {
    (0..<random.number(1...(random.oneIn(4) ? 40 : 6))).map { _ in
      let place = place(&random)
      let change = change(at: place, &random)
      return (place, Array(change.prefix(bytes.count - place)))
    }
  }

  private func change(at place: Int, _ random: inout SeededGenerator) -> [UInt8] {
    switch random.number(0...5) {
    case 0: return [UInt8(random.number(0...255))]
    case 1: return [bytes[place] ^ 1 << UInt8(random.number(0...7))]
    case 2:
      let number = random.pick(halfWords + [0, 1, 0x7F, 0xFF, 0x7FFF, 0x8000, 0xFFFF])
      return stored([UInt8(number & 0xFF), UInt8(number >> 8)])
    case 3:
      let number = random.pick([
        0, 1, 2, 12, 0x20, 0x80, 0x400, 0x1_0000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF,
      ])
      return stored((0..<4).map { UInt8(number >> (8 * $0) & 0xFF) })
    case 4: return foreignBytes(at: place, &random)
    default: return (0..<random.number(2...16)).map { _ in UInt8(random.number(0...255)) }
    }
  }

  private func stored(_ little: [UInt8]) -> [UInt8] { isBigEndian ? little.reversed() : little }
}
