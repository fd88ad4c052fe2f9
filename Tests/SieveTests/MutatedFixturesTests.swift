import Catalogue
import Foundation
import Profiles
import Sieve
import TestSupport
import Testing
import Yara

/// Damaged executables of real tools: no report of libyara about them is lost.
@Suite struct MutatedFixturesTests {
  private static let copies = 6
  private static let largest = 400_000

  private static let fixtures: [[UInt8]] =
    (Fixtures.files("positive") + Fixtures.files("near-miss"))
    .compactMap { try? Data(contentsOf: URL(fileURLWithPath: $0.file)) }
    .filter { $0.count <= largest }.map { Array($0) }

  private func mutated(_ original: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var bytes = original
    guard !bytes.isEmpty else { return bytes }
    for _ in 0..<random.number(1...8) {
      // Headers are mostly at the beginning.
      let end = random.oneIn(2) ? min(bytes.count, 1024) : bytes.count
      let place = random.number(0...end - 1)
      switch random.number(0...5) {
      case 0: bytes[place] = UInt8(random.number(0...255))
      case 1: bytes[place] ^= 1 << UInt8(random.number(0...7))
      case 2:
        for index in place..<min(place + 4, bytes.count) { bytes[index] = random.pick([0, 0xFF]) }
      case 3:
        let other = random.number(0...bytes.count - 1)
        for index in 0..<min(256, bytes.count - max(place, other)) {
          bytes[place + index] = bytes[other + index]
        }
      case 4 where bytes.count > 100: bytes.removeSubrange(place..<min(place + 16, bytes.count))
      default: break
      }
      if bytes.isEmpty { return bytes }
    }
    if random.oneIn(5) { bytes.removeLast(random.number(0...bytes.count - 1)) }
    // So many architectures or commands would be gone through (RandomItem tells of it).
    if bytes.count > 20, [0xCA, 0xBE, 0xBF].contains(bytes[0]) { bytes[4...7] = original[4...7] }
    if bytes.count > 20, original.count > 20, bytes[..<4].contains(0xED) {
      bytes[16...19] = original[16...19]
    }
    return bytes
  }

  private func compare(_ text: String, seed: UInt64) throws -> (matched: Int, excluded: Int) {
    var random = SeededGenerator(seed: seed)
    var sifted = try Sifted(text)
    var (matched, excluded) = (0, 0)
    for (number, fixture) in Self.fixtures.enumerated() {
      for copy in 0..<Self.copies {
        let item = copy == 0 ? fixture : mutated(fixture, &random)
        let isSound = sifted.isSound(item)
        #expect(isSound, "fixture \(number), copy \(copy) of seed \(seed)")
        let verdict = sifted.verdict(item)
        if verdict.isExcluded { excluded += 1 }
        let result = try? sifted.scanner.scan(item.span.bytes)
        if result?.matches.isEmpty == false { matched += 1 }
      }
    }
    return (matched, excluded)
  }

  @Test func builtInSignatures() throws {
    let (matched, excluded) = try compare(VendorProfile.kaspersky.rules, seed: 1)
    #expect(matched > 50 && excluded > 50, "\(matched) matched, \(excluded) excluded")
  }

  @Test func rulesThatMatchMuch() throws {
    let text = try String(
      contentsOfFile: Fixtures.package + "/Tests/Rules/busy.yar", encoding: .utf8)
    let (matched, _) = try compare(text, seed: 2)
    #expect(matched > 50)
  }
}
