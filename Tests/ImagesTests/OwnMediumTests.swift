import Bytes
import Containers
import Engine
import Evidence
import Findings
import Foundation
import Images
import TestSupport
import Testing

/// A medium of an embedder's own is scanned like an image, in helper processes that ask for its
/// bytes.
@Suite struct OwnMediumTests {
  /// Bytes of a file in memory; no helper can open them by a name.
  private final class Memory: Medium {
    let bytes: [UInt8]
    /// Range that cannot be read.
    let bad: Range<UInt64>

    init(_ bytes: [UInt8], bad: Range<UInt64> = 0..<0) {
      self.bytes = bytes
      self.bad = bad
    }

    var size: UInt64 { UInt64(bytes.count) }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ImageError)
      -> Int
    {
      guard offset < size else { return 0 }
      let count = min(buffer.count, bytes.count - Int(offset))
      guard !bad.overlaps(offset..<(offset + UInt64(count))) else {
        throw ImageError("the network is gone")
      }
      buffer.copyBytes(from: bytes[Int(offset)..<(Int(offset) + count)])
      return count
    }
  }

  private func scan(_ source: ImageSource) throws -> (RecordingSink, Summary) {
    let rules = try RuleSet([
      RuleSet.Text(name: "test", bytes: Array("rule every_item { condition: true }".utf8))
    ])
    let sink = RecordingSink()
    return (sink, try Scan([source], with: rules).run(sink: sink))
  }

  private var options: ImageSource.Options {
    var options = ImageSource.Options()
    let runner =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    let trawl = (runner as NSString).deletingLastPathComponent + "/trawl"
    options.helper = [RawPath(trawl), RawPath(ImageHelper.argument)]
    return options
  }

  private func ext() throws -> (path: String, bytes: [UInt8]) {
    let full = Fixtures.package + "/.build/ext-fixture/ext4-plain.img"
    return (full, Array(try Data(contentsOf: URL(fileURLWithPath: full))))
  }

  @Test func itHasTheItemsOfTheImage() throws {
    let image = try ext()
    let (own, ownSummary) = try scan(
      ImageSource(Memory(image.bytes), named: "memory", options: options))
    let (file, fileSummary) = try scan(ImageSource(RawPath(image.path), options: options))
    #expect(!own.findings.isEmpty)
    #expect(
      Set(own.findings.map { "\($0.locator.path) \($0.size)" })
        == Set(file.findings.map { "\($0.locator.path) \($0.size)" }))
    #expect(own.findings.allSatisfy { $0.locator.evidence == "memory" })
    #expect(ownSummary.ledger.matched == fileSummary.ledger.matched)
    #expect(ownSummary.isComplete == fileSummary.isComplete)
  }

  @Test func whatCannotBeReadIsReported() throws {
    let image = try ext()
    let (_, summary) = try scan(
      ImageSource(
        Memory(image.bytes, bad: 0..<UInt64(image.bytes.count)), named: "memory", options: options))
    #expect(!summary.isComplete)
  }
}
