import Evidence
import Testing

@testable import Cases

/// Names of items in a case: what distinguishes them, and their fingerprints.
@Suite struct ItemNameTests {
  private let key = SipHash.Key(low: 1, high: 2)

  private func name(
    evidence: Int64 = 1, volume: Int64? = nil, _ path: String = "/a", stream: String? = nil,
    state: AllocationState? = nil, detail: UInt64? = nil
  ) -> ItemName {
    ItemName(
      evidence: evidence, volume: volume, path: Array(path.utf8),
      stream: stream.map { Array($0.utf8) }, state: state, detail: detail)
  }

  @Test func eachPartChangesTheFingerprint() {
    let names = [
      name(), name(evidence: 2), name(volume: 1), name("/b"), name("/aa"), name(stream: "s"),
      name(stream: "t"), name(state: .deleted), name(state: .orphan), name(detail: 0),
      name(detail: 1),
      // The end of the path is that of the stream.
      name("/as"), name("/", stream: "as"),
    ]
    #expect(Set(names).count == names.count)
    #expect(Set(names.map { $0.fingerprint(key) }).count == names.count)
    #expect(name().fingerprint(key) == name().fingerprint(key))
    let other = SipHash.Key(low: 2, high: 1)
    #expect(name().fingerprint(key) != name().fingerprint(other))
  }

  @Test func aDetailStandsForRunsAndANumber() {
    let run = Run(offset: 4096, length: 10)
    #expect(ItemName.detail([], nil, key) == nil)
    let details = [
      ItemName.detail([run], nil, key), ItemName.detail([run], 1, key),
      ItemName.detail([run, run], nil, key), ItemName.detail([], 1, key),
      ItemName.detail([Run(offset: 10, length: 4096)], nil, key),
    ]
    #expect(Set(details).count == details.count && !details.contains(nil))
  }

  @Test func statesHaveNumbersFromOne() {
    let states: [AllocationState] = [.allocated, .deleted, .orphan, .slack, .carved]
    #expect(states.map(\.number) == [1, 2, 3, 4, 5])
    #expect((0...6).map { AllocationState(number: $0) } == [nil] + states + [nil])
    #expect(AllocationState(number: .max) == nil)
  }
}
