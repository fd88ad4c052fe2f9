import Bytes
import Evidence
import Testing

/// Addresses of members of archives.
@Suite struct LocatorTests {
  private func member(_ name: String, of locator: Locator = Locator(evidence: "/e", path: "/a.zip"))
    -> Locator
  {
    locator.member(Array(name.utf8))
  }

  @Test(arguments: [
    ("d/klif.sys", "/a.zip!/d/klif.sys"), ("./x", "/a.zip!/x"), ("//./../x", "/a.zip!/../x"),
    ("", "/a.zip!/"), ("b!/c", "/a.zip!/b%21/c"), ("b!", "/a.zip!/b!"), ("!!//", "/a.zip!/!%21//"),
  ])
  func namesAreBehindAMark(_ name: String, _ path: String) {
    #expect(member(name).path == RawPath(path))
  }

  @Test func aMemberBelongsToTheFileOfTheFileSystem() {
    let inner = member("y.sys", of: member("x.zip"))
    #expect(inner.path == "/a.zip!/x.zip!/y.sys")
    #expect(inner.archive == "/a.zip" && inner.filePath == "/a.zip")
    #expect(Locator(evidence: "/e", path: "/a.zip").filePath == "/a.zip")
  }

  @Test func aStreamIsPartOfThePath() {
    let stream = Locator(
      evidence: "/e", path: "/f", stream: "s", state: .deleted, runs: [Run(offset: 1, length: 2)])
    let found = member("x", of: stream)
    #expect(found.path == "/f:s!/x" && found.stream == nil && found.runs.isEmpty)
    #expect(found.state == .deleted && found.archive == "/f")
  }
}
