import Bytes
import Evidence
import Findings
import Foundation
import Identity
import TestSupport
import Testing

@Suite struct CodeSignatureReaderTests {
  private func signatures(_ name: String) throws -> [CodeSignature] {
    let own = CodeSignatureReader(try SignedFile.fixture(name).bytes.span.bytes)
    #expect(own.problems == [])
    return own.signatures
  }

  @Test func theChainGoesAsFarAsTheFileDoes() throws {
    let signature = try #require(try signatures("authority/sha256.sys").first)
    let root = try Subprocess.run(
      "openssl",
      ["x509", "-noout", "-fingerprint", "-sha256", "-in", Fixtures.folder + "/authority.pem"]
    ).text
    #expect(signature.chain.count == 2)
    #expect(signature.chain.first == signature.signer?.sha256)
    #expect(
      root.replacing(":", with: "").lowercased()
        .contains(Hexadecimal.text(of: signature.chain[1])))
    #expect(signature.isChainComplete)
    #expect(signature.signer?.allowsCodeSigning == true)
    #expect(signature.signer?.issuer.contains("O=Trawl Test Authority") == true)
  }

  @Test func aNegativeSerialSurvives() throws {
    let signer = try #require(try signatures("self-made/negative-serial.sys").first?.signer)
    #expect(Hexadecimal.text(of: signer.serial) == "92712d7bf75e5bb844621381f38a2596")
    #expect(signer.organization == "ЗАО Лаборатория Касперского")
    let issued = try #require(try signatures("authority/negative-serial.sys").first?.signer)
    #expect(Hexadecimal.text(of: issued.serial) == "92712d7bf75e5bb844621381f38a2595")
  }

  @Test func bmpStringsAreRead() throws {
    #expect(
      try signatures("self-made/bmp-string.sys").first?.signer?.organization == "Kaspersky Lab")
    #expect(
      try signatures("authority/bmp-string.sys").first?.signer?.organization == "AO Kaspersky Lab")
    let submitted = try #require(try signatures("authority/unicode-name.sys").first)
    #expect(submitted.programName == "AO Kaspersky Lab")
    #expect(submitted.isValid)
  }

  @Test(arguments: [
    ("authority/constructed-strings.sys", "AO Kaspersky Lab"),
    ("self-made/constructed-strings.sys", "Kaspersky Lab JSC"),
  ])
  func constructedStringsAreRead(_ name: String, _ organization: String) throws {
    let file = try SignedFile.fixture(name)
    // Tag and length of a constructed UTF8String, then the first of its pieces.
    let piece = Array(organization.utf8.prefix(organization.utf8.count / 2))
    let pieces = [0x2C, UInt8(organization.utf8.count + 4), 0x04, UInt8(piece.count)] + piece
    #expect(!file.bytes.ranges(of: pieces).isEmpty)
    let signature = try #require(try signatures(name).first)
    #expect(signature.signer?.organization == organization)
    #expect(signature.signer?.commonName == organization)
    #expect(signature.isValid)
    #expect(signature.isChainComplete)
  }

  @Test func nestedSignaturesAreReadToTheEnd() throws {
    let all = try signatures("authority/twenty-nested.sys")
    #expect(all.map(\.depth) == [0] + [Int](repeating: 1, count: 20))
    #expect(
      all.map { $0.signer?.organization } == [String?](repeating: "Northwind", count: 20)
        + ["AO Kaspersky Lab"])
    let last = try signatures("authority/kaspersky-last.sys")
    #expect(
      last.map { $0.signer?.organization } == [
        "Microsoft Corporation", "Kaspersky Lab", "Kaspersky Lab", "Kaspersky Lab JSC",
      ])
  }

  @Test func severalEntriesOfTheTableAreRead() throws {
    let file = try SignedFile.fixture("authority/sha256.sys")
    let table = file.bytes[file.table]
    let own = CodeSignatureReader(file.carrying(table + table).span.bytes)
    #expect(own.signatures.map(\.isValid) == [true, true])
    let many = CodeSignatureReader(
      file.carrying(ArraySlice((0..<70).flatMap { _ in table })).span.bytes)
    #expect(many.signatures.count == 64)
    #expect(many.problems.count == 1)
  }
}
