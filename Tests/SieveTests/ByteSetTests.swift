import TestSupport
import Testing

@testable import Sieve

/// Sets of byte values, compared with the standard library's.
@Suite struct ByteSetTests {
  private func values(_ set: ByteSet) -> Set<UInt8> {
    Set((UInt8.min...UInt8.max).filter { set.contains($0) })
  }

  @Test func operationsAreThoseOfSets() {
    var random = SeededGenerator(seed: 2)
    for _ in 0..<200 {
      let (first, second) = (
        Set((0..<40).map { _ in UInt8(random.number(0...255)) }),
        Set((0..<40).map { _ in UInt8(random.number(0...255)) })
      )
      var union = ByteSet(first)
      union.formUnion(ByteSet(second))
      #expect(values(union) == first.union(second))
      var rest = ByteSet(first)
      rest.subtract(ByteSet(second))
      #expect(values(rest) == first.subtracting(second))
      #expect(values(ByteSet(first).inverted) == Set(UInt8.min...UInt8.max).subtracting(first))
      #expect(ByteSet(words: ByteSet(first).words) == ByteSet(first))
    }
  }

  @Test func masksAllowTheOtherBits() {
    #expect(values(ByteSet(value: 0x4A, mask: 0xF0)) == Set(0x40...0x4F))
    #expect(values(ByteSet(value: 0x4A, mask: 0x0F)).count == 16)
    #expect(ByteSet(value: 9, mask: 0) == .all && ByteSet(value: 9, mask: 0xFF) == ByteSet(9))
  }

  @Test func singlesAreOneValueOrOneLetter() {
    #expect(ByteSet(0x41).single == 0x41 && ByteSet.none.single == nil)
    #expect(ByteSet([0x41, 0x61]).single == nil)
    #expect(ByteSet([0x41, 0x61]).singleInAnyCase == 0x61)
    #expect(ByteSet([0x40, 0x60]).singleInAnyCase == nil, "no letters")
    #expect(ByteSet(0x40).singleInAnyCase == 0x40)
    #expect(values(ByteSet(Array("a[Z".utf8)).inAnyCase) == Set("aA[zZ".utf8))
  }

  @Test func informationIsThatOfTheNumberOfValues() {
    #expect(ByteSet(1).halfBits == 16 && ByteSet.all.halfBits == 0)
    #expect(ByteSet(0..<16).halfBits == 8 && ByteSet(0..<17).halfBits == 6)
  }

  @Test func wordsAreLettersAndDigitsOfASCII() {
    let words = Array("09azAZ5mM".utf8)
    #expect(words.allSatisfy { !ByteSet.outsideWords.contains($0) })
    #expect(values(ByteSet.outsideWords).count == 256 - 62)
    #expect(ByteSet.outsideWords.contains(UInt8(ascii: "_")) && ByteSet.outsideWords.contains(0xE9))
  }
}
