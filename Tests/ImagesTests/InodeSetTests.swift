import TestSupport
import Testing

@testable import FileSystems

/// Sets of inode numbers, compared with the standard library's.
@Suite struct InodeSetTests {
  @Test func itBehavesLikeASet() {
    var random = SeededGenerator(seed: 6)
    var (set, model) = (InodeSet(), Set<UInt64>())
    for _ in 0..<3000 {
      let number = UInt64(random.pick([0, 64, 1 << 40])) + UInt64(random.number(0...200))
      if random.oneIn(3) {
        set.remove(number)
        model.remove(number)
      } else {
        let isNew = (set.insert(number), model.insert(number).inserted)
        #expect(isNew.0 == isNew.1)
      }
    }
    #expect(Array(set) == model.sorted())
    #expect(model.allSatisfy { set.contains($0) } && !set.contains(.max))
  }

  @Test(arguments: [0, 1, 63, 64, 100])
  func bitsMayCrossAWord(_ first: UInt64) {
    var set = InodeSet()
    set.insert(bits: 1 << 63 | 0b101, from: first)
    #expect(Array(set) == [first, first + 2, first + 63])
    set.insert(bits: 0, from: 500)
    #expect(Array(set).count == 3)
  }

  @Test func differencesKeepTheRest() {
    var (set, other) = (InodeSet(), InodeSet())
    for number: UInt64 in [1, 70, 200, .max] { set.insert(number) }
    for number: UInt64 in [1, 71, 200] { other.insert(number) }
    #expect(Array(set.subtracting(other)) == [70, .max])
    #expect(Array(InodeSet().subtracting(set)).isEmpty)
  }
}
