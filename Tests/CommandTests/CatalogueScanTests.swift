import Foundation
import TestSupport
import Testing

/// Unsigned drivers beside a catalogue file (`.cat`) that lists them, through the binary.
@Suite struct CatalogueScanTests {
  private func finding(_ name: String) throws -> OutputRecord {
    let (_, lines) = try Command.lines(
      "--trust-anchor", Fixtures.folder + "/authority.pem",
      Fixtures.folder + "/catalogues/" + name)
    #expect(lines.last?.complete == true)
    #expect(lines.last?.items?["seen"] == 2)
    return try #require(lines.ofType("finding").first)
  }

  @Test(arguments: ["sha1", "sha256"])
  func aSignedCatalogueConfirmsTheDriverThatItLists(_ name: String) throws {
    let finding = try finding(name)
    #expect(finding.confidence == "confirmed")
    #expect(
      finding.reasons?.first?.hasSuffix("/CatRoot/oem1.cat") == true, "\(finding.reasons ?? [])")
    let signature = try #require(finding.codeSignatures?.first)
    #expect(finding.codeSignatures?.count == 1)
    #expect(signature.catalogue?.hasSuffix("/\(name)/System32/CatRoot/oem1.cat") == true)
    #expect(signature.signer == "AO Kaspersky Lab")
    #expect(signature.digestAlgorithm == name)
    #expect(signature.signatureValid)
  }

  /// Another vendor's catalogue proves nothing, and takes nothing away.
  @Test func aCatalogueOfAnotherIsNamed() throws {
    let finding = try finding("other-vendor")
    #expect(finding.confidence == "claimed")
    #expect(finding.codeSignatures?.first?.signer == "Northwind")
    #expect(
      finding.reasons?.contains { $0.contains("by another: Northwind, in the catalogue") } == true)
  }

  /// A driver that was changed is in no catalogue, and a catalogue without a signature is none.
  @Test(arguments: ["changed", "unsigned"])
  func whatIsNotListedOrNotSignedIsNotProven(_ name: String) throws {
    let finding = try finding(name)
    #expect(finding.confidence == "claimed")
    #expect(finding.codeSignatures == nil)
  }

  @Test func aProgramInAResourceIsAContent() throws {
    let path = Fixtures.folder + "/signed/authority/program-in-resource.exe"
    let (_, lines) = try Command.lines("--trust-anchor", Fixtures.folder + "/authority.pem", path)
    let finding = try #require(lines.ofType("finding").first)
    let contents = try #require(finding.contents)
    #expect(contents.map(\.resource) == ["RCDATA/101", "RCDATA/101/DRIVER/KLHK"])
    #expect(contents.map(\.proven) == [true, true])
    #expect(contents.map(\.version) == ["21.15.8.493", "58.0.28.0"])
    // The bytes at that place are the program.
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    let folder = try TemporaryDirectory()
    for content in contents {
      let part = bytes[content.offset..<(content.offset + content.size)]
      let file = try folder.write([UInt8](part), to: "part")
      let sum = try Subprocess.run("sha256sum", [file])
      #expect(sum.text.hasPrefix(content.sha256))
    }
    // Code of another file is not the file's: it is confirmed by its own signature alone.
    #expect(
      finding.reasons?.contains {
        $0.hasPrefix("has in its resource RCDATA/101 a program that has a valid code signature")
      } == true)
  }
}
