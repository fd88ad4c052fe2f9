import TestSupport
import Testing

@testable import Containers

/// A set of numbers in pages of 2^18 bits, compared with the standard library's.
@Suite struct NumberSetTests {
  @Test func itHoldsWhatWasInserted() {
    var random = SeededGenerator(seed: 3)
    var set = NumberSet()
    var model = Set<UInt32>()
    for _ in 0..<2000 {
      let number = UInt32(random.pick([0, 63, 1 << 18, (1 << 20) + 7]) + random.number(0...300))
      let isNew = set.insert(number)
      let isNewInModel = model.insert(number).inserted
      #expect(isNew == isNewInModel)
    }
    let inOrder = model.sorted()
    #expect(inOrder.allSatisfy { set.contains($0) })
    #expect(!set.contains((1 << 19)) && !set.contains(.max))
    var walked = [UInt32]()
    var next = set.contains(0) ? 0 : set.next(after: 0)
    while let number = next {
      walked.append(number)
      next = set.next(after: number)
    }
    #expect(walked == inOrder)
  }

  @Test func theLargestNumberIsTheLast() {
    var set = NumberSet()
    #expect(set.next(after: 0) == nil)
    let inserted = [set.insert(.max), set.insert(.max)]
    #expect(inserted == [true, false])
    #expect(set.next(after: 5) == .max)
    #expect(set.next(after: .max) == nil)
  }
}
