import Bytes
import Engine
import Evidence
import Findings
import Glibc
import Synchronization
import TestSupport
import Testing

/// Items whose reads wait for a medium are read ahead.
@Suite struct ReadAheadTests {
  /// Contents of which each read takes a while.
  private final class SlowMedium: ItemSource {
    let count: Int
    let canBeReadAhead: Bool
    let readAhead = Atomic<Int>(0)

    init(count: Int, canBeReadAhead: Bool) {
      self.count = count
      self.canBeReadAhead = canBeReadAhead
    }

    var evidence: [EvidenceDescription] { [] }

    func push(to receiver: any ItemReceiver) {
      for number in 0..<count {
        let path = RawPath("/\(number)")
        receiver.receive(
          Item(
            locator: Locator(evidence: "slow", path: path),
            content: Content(medium: self, number: number)))
      }
    }
  }

  private struct Content: ItemContent {
    let medium: SlowMedium
    let number: Int

    var canBeReadAhead: Bool { medium.canBeReadAhead }
    func readAhead() { medium.readAhead.add(1, ordering: .relaxed) }
    func open() throws(ItemProblem) -> any OpenContent { Opened(number) }
  }

  private final class Opened: OpenContent {
    private let bytes: [UInt8]

    init(_ number: Int) { bytes = Array((number % 5 == 0 ? "a needle" : "some hay").utf8) }

    var facts: ContentFacts { ContentFacts(size: UInt64(bytes.count)) }
    var times: FileTimes { FileTimes() }
    var inode: String? { nil }
    var residence: ContentResidence { .elsewhere }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) -> Int {
      usleep(400)
      let rest = bytes.dropFirst(Int(offset)).prefix(buffer.count)
      buffer.copyBytes(from: rest)
      return rest.count
    }
  }

  @Test(arguments: [true, false]) func slowReadsWakeIt(_ canBeReadAhead: Bool) throws {
    let medium = SlowMedium(count: 400, canBeReadAhead: canBeReadAhead)
    var options = ScanOptions()
    options.jobs = 2
    let summary = try Scan([medium], with: try ruleSet(needle), options: options)
      .run(sink: RecordingSink())
    #expect(summary.ledger.matched == 80)
    #expect(summary.ledger.clean == 320)
    #expect((medium.readAhead.load(ordering: .relaxed) > 0) == canBeReadAhead)
  }
}
