import Bytes
import Evidence
import Findings
import Testing

@testable import Engine

/// Contents with several paths: one is scanned, the others share its finding.
@Suite struct SharedContentsTests {
  private func key(_ inode: UInt64) -> SharedContents.Key {
    .init(
      identity: ContentIdentity(image: nil, device: 1, inode: inode, stream: 0), place: nil)
  }

  private func entry(_ path: RawPath) -> ItemEntry {
    ItemEntry(locator: Locator(evidence: "/e", path: path))
  }

  private func word(_ claim: SharedContents.Claim) -> String {
    switch claim {
    case .scan: "scan"
    case .wait: "wait"
    case .report(let finding): finding == nil ? "clean" : "finding"
    }
  }

  @Test func theFirstPathIsScannedAndTheOthersWait() {
    let contents = SharedContents()
    let claims = ["/a", "/b", "/c"].map { contents.claim(key(7), for: entry($0)) }
    #expect(claims.map(word) == ["scan", "wait", "wait"])
    #expect(word(contents.claim(key(8), for: entry("/d"))) == "scan", "another content")
    #expect(contents.finish(key(7), finding: nil).map(\.locator.path) == ["/b", "/c"])
    #expect(word(contents.claim(key(7), for: entry("/e"))) == "clean")
    #expect(contents.finish(key(7), finding: nil).isEmpty)
  }

  @Test func whatAnEarlierScanRecordedIsKnown() {
    let contents = SharedContents()
    contents.restore(SharedContent(key(9)), finding: nil)
    #expect(word(contents.claim(key(9), for: entry("/a"))) == "clean")
  }
}
