import Bytes
import Engine
import Evidence
import Findings
import Foundation
import Images
import TestSupport
import Testing

/// A misbehaving helper process costs its parent no more than a volume.
@Suite struct HelperTests {
  private func scan(
    _ mode: String, _ bytes: [UInt8] = Array(repeating: 0x61, count: 1 << 16)
  ) throws -> (RecordingSink, Summary) {
    let folder = try TemporaryDirectory()
    let image = try folder.write(bytes, to: "image")
    var options = ImageSource.Options()
    options.helper = [
      "/usr/bin/env", "python3",
      RawPath(Fixtures.package + "/Tests/Fixtures/images/lying-helper.py"),
      RawPath(mode),
    ]
    options.timeout = 2
    let rules = try RuleSet([
      RuleSet.Text(
        name: "test", bytes: Array(#"rule a { strings: $a = "aaaa" condition: $a }"#.utf8))
    ])
    let sink = RecordingSink()
    let summary = try Scan([ImageSource(RawPath(image), options: options)], with: rules)
      .run(sink: sink)
    return (sink, summary)
  }

  @Test(arguments: [
    ("hang", "did not answer"), ("crash", "killed by signal 11"), ("exit", "ended with status 7"),
    ("close", "closed its pipe"), ("huge-frame", "invalid message length"),
    ("empty-frame", "invalid message length"), ("unknown-kind", "kind 99"),
    ("cut-fields", "malformed item"),
    ("long-text", "malformed item"), ("wrong-answer", "unexpected reply"),
    ("negative-length", "inconsistent runs"), ("negative-size", "invalid"),
    ("overflowing-run", "invalid offset"), ("other-volume", "invalid numbers"),
    ("sum", "inconsistent runs"), ("state", "malformed item"), ("endless", "more names than"),
    ("counts", "invalid count"),
  ])
  func aHelperThatMisbehavesCostsItsVolumeAndIsRecorded(_ mode: String, _ words: String) throws {
    let (sink, summary) = try scan(mode)
    #expect(sink.findings.map(\.locator.path) == ["/honest"])
    #expect(sink.problems.map(\.cause.reason) == [.unreadable])
    #expect(sink.problems.first?.cause.message.contains(words) == true, "\(sink.problems)")
    #expect(summary.ledger.failed == [.unreadable: 1])
    #expect(summary.ledger.matched == 1)
    #expect(!summary.isComplete)
  }

  /// The parent reads the helper's output: nothing in it may crash or hang the parent.
  @Test(arguments: 0..<24)
  func noiseOnThePipeIsAFailureOfTheVolume(_ seed: Int) throws {
    let (sink, summary) = try scan("noise-\(seed)")
    #expect(sink.findings.contains { $0.locator.path == "/honest" })
    #expect(summary.ledger.failed[.unreadable] ?? 0 >= 1)
    #expect(!summary.isComplete)
  }

  @Test func volumesOfAContainerAreVolumesOfTheirOwnAndShareItsAccount() throws {
    var bytes = [UInt8](repeating: 0x61, count: 1 << 16)
    bytes.replaceSubrange(32..<36, with: Array("NXSB".utf8))
    let (sink, summary) = try scan("container", bytes)
    let found = sink.findings.map { finding in
      "\(finding.locator.volume?.index ?? -1) \(finding.locator.volume?.name ?? "-")"
        + " \(finding.locator.path)"
    }
    #expect(
      found.sorted() == [
        "0 volume-5 /clone", "0 volume-5 /file-5", "1 volume-9 /clone", "1 volume-9 /file-9",
      ])
    #expect(Set(sink.findings.map(\.itemID)).count == 4)
    let volume = sink.problems.first?.locator.volume
    #expect(sink.problems.map(\.cause.reason) == [.encrypted])
    #expect(volume?.name == "locked" && volume?.index == 2)
    #expect(sink.findings.allSatisfy { $0.locator.volume?.length == 1 << 16 })
    // Three blocks of items, one free block; the content of the encrypted volume is unknown.
    let account = try #require(summary.media.first)
    #expect(account.items == 3 * 4096)
    #expect(account.unallocated == 4096)
    #expect(account.metadata == 0)
    #expect(account.unread == 12 * 4096)
  }

  @Test func contentOutsideTheImageIsAFailedItem() throws {
    let (sink, summary) = try scan("outside")
    #expect(sink.findings.map(\.locator.path) == ["/honest"])
    #expect(sink.problems.map(\.locator.path) == ["/file"])
    #expect(summary.ledger.failed == [.truncated: 1])
  }

  @Test(arguments: ["hang", "crash", "exit", "close", "huge-frame", "unknown-kind", "wrong-answer"])
  func aHelperThatFailsAtOnceCostsTheImage(_ mode: String) throws {
    let (sink, summary) = try scan("early-" + mode)
    #expect(sink.findings == [])
    #expect(summary.ledger.failed == [.unreadable: 1])
  }

  @Test(.prompt) func aScanThatIsCancelledDoesNotWaitForAHelperThatHangs() async throws {
    let folder = try TemporaryDirectory()
    let image = try folder.write(Array(repeating: 0x61, count: 4096), to: "image")
    var options = ImageSource.Options()
    options.helper = [
      "/usr/bin/env", "python3",
      RawPath(Fixtures.package + "/Tests/Fixtures/images/lying-helper.py"),
      "hang", RawPath(folder.path + "/hangs"),
    ]
    options.timeout = 100_000
    let rules = try RuleSet([
      RuleSet.Text(
        name: "test", bytes: Array(#"rule a { strings: $a = "aaaa" condition: $a }"#.utf8))
    ])
    let scan = Scan([ImageSource(RawPath(image), options: options)], with: rules)
    let records = scan.records
    async let stop: Void = {
      while !FileManager.default.fileExists(atPath: folder.path + "/hangs") {
        try await Task.sleep(for: .milliseconds(10))
      }
      // The item that was sent before is on its way.
      try await Task.sleep(for: .milliseconds(500))
      scan.cancel()
    }()
    var summary: Summary?
    for try await record in records { if case .summary(let last) = record { summary = last } }
    try await stop
    #expect(summary?.wasInterrupted == true)
    // The volume, and the valid item that was not begun.
    #expect(summary?.ledger.failed == [.interrupted: 2])
  }

  @Test func aHelperThatIsNotThereIsAProblemOfTheImage() throws {
    let folder = try TemporaryDirectory()
    let image = try folder.write(Array(repeating: 0x61, count: 4096), to: "image")
    var options = ImageSource.Options()
    options.helper = ["/nonexistent"]
    let description = try ImageDescription(RawPath(image), options: options)
    #expect(description.problem?.reason == .unreadable)
    #expect(description.problem?.message.contains("could not be started") == true)
  }
}
