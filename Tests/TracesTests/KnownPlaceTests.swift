import Bytes
import Catalogue
import Evidence
import Findings
import Foundation
import Profiles
import TestSupport
import Testing
import Traces

@Suite struct KnownPlaceTests {
  private func place(_ path: RawPath, _ state: AllocationState? = nil, stream: RawPath? = nil)
    -> KnownPlace?
  {
    Locator(evidence: "e", path: path, stream: stream, state: state).knownPlace
  }

  @Test(arguments: [
    ("/mnt/c/Windows/System32/config/SOFTWARE", KnownPlace.softwareHive),
    ("/WINDOWS/system32/config/software", .softwareHive), ("/case/SOFTWARE", .softwareHive),
    ("/Windows/System32/config/RegBack/SYSTEM", .systemHive), ("SYSTEM", .systemHive),
    ("/Users/anna/NTUSER.DAT", .userHive), ("/Documents and Settings/anna/ntuser.dat", .userHive),
    ("/mnt/var/lib/dpkg/status", .dpkgStatus), ("/var/lib/dpkg/status.d/kesl", .dpkgStatus),
    ("/var/lib/dpkg/status.d/libc6", .dpkgStatus), ("/var/lib/rpm/rpmdb.sqlite", .rpmDatabase),
    ("/usr/lib/sysimage/rpm/rpmdb.sqlite", .rpmDatabase), ("/rpmdb.sqlite-wal", .databaseLog),
    ("/ProgramData/Kaspersky Lab/Quarantine.db", .quarantineIndex),
    ("/q/quarantine.db-wal", .databaseLog), ("/rpmdb.sqlite-journal", .databaseLog),
    ("/q/Quarantine.db-journal", .databaseLog),
    ("/var/lib/rpm/Packages", .rpmBerkeleyDatabase), ("/rpm/Packages.db", .rpmNdbDatabase),
    ("/Windows/Prefetch/AVP.EXE-A1B2C3D4.pf", .prefetch), ("/AVP.EXE-A1B2C3D4.PF", .prefetch),
  ])
  func thePathSays(_ path: String, _ expected: KnownPlace) {
    #expect(place(RawPath(path)) == expected)
  }

  @Test(arguments: [
    "", "/", "/SOFTWARE/x", "/MYSOFTWARE", "/SOFTWARE.LOG1", "/proc/status",
    "/var/lib/dpkg/status-old",
    "/xdpkg/status", "/var/lib/dpkg/status.d", "/status.d/kesl", "/rpmdb.sqlite-shm",
    "/NTUSER.DAT.LOG1", "/my-quarantine.db", "/places.sqlite-journal",
    "/SOFTWAR\u{45}\u{301}",
  ])
  func othersAreNone(_ path: String) { #expect(place(RawPath(path)) == nil) }

  @Test func streamsAndWhatLiesBehindAFileAreNone() {
    #expect(place("/case/SOFTWARE", stream: "a") == nil)
    #expect(place("/case/SOFTWARE", .slack) == nil)
    #expect(place("/case/SOFTWARE", .deleted) == .softwareHive)
  }

  @Test func theFirstBytesDecide() {
    func confirms(_ place: KnownPlace, _ text: String) -> Bool {
      place.confirms(Array(text.utf8).span.bytes)
    }
    #expect(confirms(.systemHive, "regf\u{1}"))
    #expect(!confirms(.systemHive, "reg"))
    #expect(!confirms(.systemHive, "text"))
    #expect(confirms(.dpkgStatus, "Package: adduser\n"))
    #expect(!confirms(.dpkgStatus, "d41d8cd98f00  etc/x"))
    #expect(confirms(.rpmDatabase, "SQLite format 3\0"))
    #expect(!confirms(.rpmDatabase, ""))
    #expect(confirms(.prefetch, "MAM\u{4}"))
    #expect(!confirms(.prefetch, "MAM\u{3}"))
  }

  @Test func everySignatureHasItsFactsAndItsLineInTheDocumentation() throws {
    let documentation = try String(
      contentsOfFile: Fixtures.package + "/docs/signatures.md", encoding: .utf8)
    let citations = try FactSheet.citations()
    for signature in TraceSignature.all(of: .kaspersky) {
      #expect(signature.name.hasPrefix("kaspersky_\(signature.platform)_"))
      #expect(citations.contains(signature.source), "\(signature.name)")
      #expect(signature.confidence <= .claimed)
      let line = documentation.split(separator: "\n").first {
        $0.hasPrefix("| `\(signature.name)` |")
      }
      #expect(line?.contains("| `\(signature.confidence.rawValue)` |") == true, "\(signature.name)")
    }
    #expect(
      Set(TraceSignature.all(of: .kaspersky).map(\.name)).count
        == TraceSignature.all(of: .kaspersky).count)
  }
}
