import Profiles
import Testing

@testable import Traces

/// Names of a company in records: maintainers, pages, folders, packages.
@Suite struct RecordNamesTests {
  private let names: RecordNames

  init() {
    var names = RecordNames()
    names.publishers.stems = ["Acme"]
    names.domains = ["acme.example"]
    names.folders = ["Acme Lab"]
    names.packages = ["acme"]
    self.names = names
  }

  @Test(arguments: [
    ("Acme", true), ("Acme Ltd <x@other.example>", true), ("X <y@acme.example>", true),
    ("<y@sub.ACME.example>", true), ("y@acme.example", true), ("Acmeville", false),
    ("X <y@notacme.example>", false), ("X <acme.example>", false),
    ("X <y@acme.example.org>", false),
    ("", false), ("<", false), ("@", false), ("X <y@>", false),
  ])
  func maintainers(_ field: String, _ isCompany: Bool) {
    #expect(names.isMaintainer(field) == isCompany)
  }

  @Test(arguments: [
    ("https://acme.example", true), ("http://www.acme.example:80/x", true),
    ("https://acme.example?x", true), ("https://acme.example.org/", false), ("acme.example", false),
    ("https://x.org/acme.example", false), ("://", false), ("", false),
  ])
  func homepages(_ field: String, _ isCompany: Bool) {
    #expect(names.isHomepage(field) == isCompany)
  }

  @Test func foldersAreWholeNamesAbove() {
    #expect(names.isInFolder("C:\\Program Files\\ACME LAB\\x.exe"))
    #expect(names.isInFolder("/opt/acme lab/bin/x"))
    #expect(!names.isInFolder("C:\\Acme Lab"), "the file itself")
    #expect(!names.isInFolder("C:\\Acme Labs\\x.exe") && !names.isInFolder(""))
  }

  @Test func packagesMayHaveASuffix() {
    #expect(names.isPackage("acme") && names.isPackage("acme-gui"))
    #expect(!names.isPackage("acmegui") && !names.isPackage("libacme") && !names.isPackage(""))
  }
}
