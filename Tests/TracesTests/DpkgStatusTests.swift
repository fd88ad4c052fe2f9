import Findings
import Profiles
import Testing

@testable import Traces

/// Stanzas of a dpkg database: fields, states, and what is no stanza.
@Suite struct DpkgStatusTests {
  private var names: RecordNames {
    var names = RecordNames()
    names.packages = ["acme"]
    names.publishers.wholeNames = ["Acme"]
    names.domains = ["acme.example"]
    return names
  }

  private func read(_ text: String) -> DpkgStatus {
    Array(text.utf8).withUnsafeBytes { DpkgStatus($0, names) }
  }

  @Test func stanzasAreSeparatedByEmptyLines() {
    let found = read(
      """
      Package: acme-gui
      Status: install ok installed
      Maintainer: Acme <info@acme.example>
      Version: 1.2-3
      Description: first
       Package: other
      \tVersion: 9

      PACKAGE: acme
      status:deinstall ok config-files
      homepage: https://www.acme.example/x


      Package: libc6
      Maintainer: Acme

      """)
    #expect(found.traces.map(\.product) == ["acme-gui", "acme"])
    #expect(found.traces.map(\.version) == ["1.2-3", nil])
    #expect(found.traces.map(\.isActive) == [true, false])
    #expect(found.damage == nil)
  }

  @Test func aNameAloneIsNotEnough() {
    #expect(read("Package: acme\nMaintainer: Other\n").traces.isEmpty)
    #expect(read("Package: acme2\nMaintainer: Acme\n").traces.isEmpty)
    #expect(
      read("Package: acme\nOrigin: Acme\n").traces.count == 1, "container images have no state")
    #expect(
      read("Package: acme\nVendor: Acme\nStatus: purge ok not-installed\n").traces.isEmpty)
  }

  @Test func damageIsTheFirstDefect() {
    let found = read("Package: acme\nno field\n: neither\nVendor: Acme")
    #expect(found.damage == "line 2 is not a field")
    #expect(found.traces.count == 1)
    #expect(read("Package: acme\nVendor: Ac").damage == "the last line is truncated")
  }

  @Test func longFieldsAreCut() {
    let found = read(
      "Package: acme\nVendor: Acme\nVersion: \(String(repeating: "1", count: 5000))\n")
    #expect(found.traces.first?.version?.count == 1024)
  }

  @Test func theNumberOfPackagesIsLimited() {
    let found = read(String(repeating: "Package: acme\nVendor: Acme\n\n", count: 1500))
    #expect(found.traces.count == 1000)
  }
}
