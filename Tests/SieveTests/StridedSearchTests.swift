import TestSupport
import Testing

@testable import Sieve

/// Texts whose characters are each followed by any byte, compared with a search place by place.
@Suite struct StridedSearchTests {
  private func found(_ text: [UInt8], _ bytes: [UInt8], ignoresCase: Bool = false) -> Bool {
    let literal = LiteralTable.Literal(bytes: text, ignoresCase: ignoresCase, kind: .strided)
    return bytes.withUnsafeBytes { StridedSearch.contains(literal, $0) }
  }

  @Test func theBytesBetweenDoNotMatter() {
    #expect(found(Array("Lab".utf8), [9, 0x4C, 1, 0x61, 0xFF, 0x62]))
    #expect(!found(Array("Lab".utf8), [0x4C, 0x61, 0x62, 0, 0, 0]))
    #expect(!found(Array("lab".utf8), [0x4C, 1, 0x61, 0xFF, 0x62]))
    #expect(found(Array("lab".utf8), [0x4C, 1, 0x61, 0xFF, 0x62], ignoresCase: true))
  }

  @Test func aTextMustBeWhole() {
    #expect(!found(Array("ab".utf8), [0x61, 0]))
    #expect(found(Array("ab".utf8), [0x61, 0, 0x62]))
    #expect(!found(Array("ab".utf8), []))
    #expect(!found([], [1, 2, 3]))
  }

  @Test func everyPlaceIsTried() {
    var random = SeededGenerator(seed: 12)
    var count = 0
    for _ in 0..<4000 {
      let bytes = (0..<random.number(0...12)).map { _ in UInt8(random.pick([0x41, 0x61, 0x62])) }
      let text = (0..<random.number(1...3)).map { _ in UInt8(random.pick([0x41, 0x61, 0x62])) }
      for ignoresCase in [false, true] {
        func same(_ left: UInt8, _ right: UInt8) -> Bool {
          left == right || ignoresCase && left | 0x20 == right | 0x20
        }
        let expected = bytes.indices.contains { start in
          text.indices.allSatisfy {
            start + 2 * $0 < bytes.count && same(bytes[start + 2 * $0], text[$0])
          }
        }
        #expect(found(text, bytes, ignoresCase: ignoresCase) == expected, "\(text) \(bytes)")
        if expected { count += 1 }
      }
    }
    #expect(count > 500)
  }
}
