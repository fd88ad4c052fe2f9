import Testing

@testable import Sieve

/// Literals seen in an item, and the number of hits that are worth a check.
@Suite struct HitSetTests {
  @Test func literalsAreListedOnceInOrder() {
    var hits = HitSet(count: 100)
    hits.begin()
    for number: Int32 in [70, 3, 70, 99] { hits.insert(number, end: 5) }
    #expect(hits.numbers == [70, 3, 99])
    #expect(hits.contains(70) && !hits.contains(4))
    hits.begin()
    #expect(hits.numbers.isEmpty && !hits.contains(70), "another item")
  }

  @Test func theFirstVersionHeaderCounts() {
    var hits = HitSet(count: 10)
    hits.begin()
    hits.insert(4, end: 8)
    #expect(hits.endOfVersionHeader == nil, "it is not searched")
    hits.versionHeader = 4
    hits.insert(4, end: 30)
    hits.insert(4, end: 90)
    #expect(hits.endOfVersionHeader == 30)
  }

  @Test func hitsGrowWithTheBytes() {
    var hits = HitSet(count: 1)
    hits.begin()
    hits.allow(bytes: 32)
    let spent = (0..<10_000).count { _ in hits.spend() }
    #expect(spent == 4096 + 2)
    hits.begin()
    let isLeft = hits.spend()
    #expect(isLeft)
  }
}
