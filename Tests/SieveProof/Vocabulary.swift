import TestSupport
import Yara

/// Words from which the rules and items of one batch are built: few, so that they match.
struct Vocabulary {
  let words: [[UInt8]]
  /// Offsets that conditions mention and at which items contain something.
  static let offsets = [0, 0, 1, 2, 4, 10, 16, 60, 64, 100, 128, 300, 512, 1000, 4090, 4096, 5000]
  /// Sizes that conditions mention and items have.
  static let sizes = [0, 1, 63, 64, 65, 200, 311, 312, 390, 1000, 4095, 4096, 4097, 5000, 9000]

  /// Whether rules use the syntax that libyara accepts since 4.5. Syntax no longer accepted is
  /// refused, and not compared.
  static let has45 = Library.release >= (4, 5)

  private static let common = [
    "alpha", "beta", "Gamma9", "kaspersky", "VS_VERSION", "aaaa", "abab", "ab", "x", "x_y",
    "Hello World", "kernel32.dll", "CreateFileA", ".rsrc", "\u{E9}t\u{E9}", "0123456789",
  ]

  init(_ random: inout SeededGenerator) {
    var words: [[UInt8]] = (0..<8).map { _ in Array(random.pick(Self.common).utf8) }
    for _ in 0..<4 {
      words.append((0..<random.number(2...14)).map { _ in UInt8(random.number(0x61...0x7A)) })
    }
    words.append((0..<random.number(3...9)).map { _ in UInt8(random.number(0...255)) })
    words.append([0x4D, 0x5A, 0x90, 0, 3])
    words.append(Array("say \"\t\\\n.".utf8))
    words.append([0, 0, 0, 0, 1])
    if random.oneIn(2) {
      words.append((0..<random.number(250...400)).map { _ in UInt8(random.number(0x41...0x5A)) })
    }
    self.words = words
  }

  static func widened(_ bytes: [UInt8]) -> [UInt8] { bytes.flatMap { [$0, 0] } }

  /// Bytes with ASCII letters in random case.
  static func recased(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    bytes.map { byte in
      let isLetter = (0x41...0x5A).contains(byte & 0xDF)
      return isLetter && random.oneIn(2) ? byte ^ 0x20 : byte
    }
  }
}
