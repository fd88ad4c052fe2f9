import Bytes
import Evidence
import Findings
import Foundation
import Identity
import TestSupport
import Testing

/// Signatures against `osslsigncode verify`, which was written by others.
@Suite struct CodeSignatureAgreementTests {
  /// Files that differ from a signed one, with the name of what was done.
  private func variants(of file: SignedFile) throws -> [(name: String, bytes: [UInt8])] {
    let other = try SignedFile.fixture("authority/sha1.sys")
    return [
      ("as it is", file.bytes),
      ("another checksum", file.flipping(file.checksum)),
      ("changed DOS stub", file.flipping(0x50)),
      ("changed last byte of the sections", file.flipping(file.table.lowerBound - 1)),
      ("changed headers", file.flipping(file.tableEntry - 40)),
      ("table of another file", file.carrying(other.bytes[other.table])),
    ]
  }

  /// A signature as both can say it. The peer reads nested signatures in the order of their sequence
  /// numbers, we in that of the file, and where the digest differs it names no signer.
  private func lines(_ signatures: [CodeSignature]) -> [String] {
    signatures.map { signature in
      let serial = Self.serial(signature.signer?.serial ?? [])
      return signature.digest == .valid ? "\(serial) \(signature.isValid)" : "mismatch"
    }.sorted()
  }

  private func lines(_ peer: [PeerSignature]) -> [String] {
    peer.map { $0.digestMatches ? "\($0.serial) \($0.isVerified)" : "mismatch" }.sorted()
  }

  @Test(arguments: SignedFile.signed)
  func everySignatureIsJudgedAsThePeerDoes(_ path: String) throws {
    let file = try SignedFile(path)
    let folder = try TemporaryDirectory()
    for (name, bytes) in try variants(of: file) {
      let peer = try PeerSignature.of(folder.write(bytes, to: "variant"))
      let own = CodeSignatureReader(bytes.span.bytes).signatures
      #expect(lines(own) == lines(peer), "\(path), \(name)")
      #expect(!own.isEmpty)
      for signature in own where signature.digest == .valid {
        let signer = try #require(signature.signer)
        let serial = Self.serial(signer.serial)
        let named = try #require(peer.first { $0.serial == serial })
        // The peer writes what is not ASCII with escapes.
        if !named.subject.contains("\\x") {
          #expect(named.subject.contains("CN=\(signer.commonName ?? "")"), "\(path), \(name)")
        }
      }
    }
  }

  /// A byte of the table that is damaged may be one of an authority's certificate, which the peer has in
  /// its store, and we from the file only; or of the signer's, whose key still fits. So the peer
  /// verifies what we call valid with a whole chain, and nothing that we do not call valid.
  @Test(arguments: SignedFile.signed)
  func damagedTablesAreJudgedAsThePeerDoes(_ path: String) throws {
    let file = try SignedFile(path)
    let folder = try TemporaryDirectory()
    for part in 1...8 {
      let bytes = file.flipping(file.table.lowerBound + file.table.count * part / 9)
      let peer = try PeerSignature.of(folder.write(bytes, to: "variant"))
      let reader = CodeSignatureReader(bytes.span.bytes)
      let own = reader.signatures
      let verified = peer.count { $0.isVerified }
      let comment: Comment = "\(path), byte at \(part) of 9"
      // What cannot be read is said, where the peer lists it without a digest or not at all.
      #expect(own.count >= peer.count || !reader.problems.isEmpty, comment)
      #expect(own.count { $0.isValid && $0.isChainComplete } <= verified, comment)
      #expect(verified <= own.count { $0.isValid }, comment)
    }
  }

  /// The peer sees no signature at all where the table is not at the end; we list what is there, and
  /// call none valid.
  @Test(arguments: SignedFile.signed)
  func aTableThatDoesNotEndTheFileProvesNothing(_ path: String) throws {
    let file = try SignedFile(path)
    let folder = try TemporaryDirectory()
    let half = file.table.lowerBound / 2
    var moved = try SignedFile(path).carrying(file.bytes[file.table])
    moved += moved[half..<file.table.lowerBound]
    for bytes in [file.bytes + [0], Array(file.bytes.dropLast(100)), moved] {
      #expect(try PeerSignature.of(folder.write(bytes, to: "variant")) == [])
      let own = CodeSignatureReader(bytes.span.bytes)
      #expect(!own.signatures.contains { $0.isValid })
      #expect(own.problems.count == 1)
    }
  }

  @Test func whatIsNotSignedHasNoSignature() throws {
    for name in ["none/unsigned.sys", "none/stripped.sys"] {
      let own = CodeSignatureReader(try SignedFile.fixture(name).bytes.span.bytes)
      #expect(own.signatures == [])
      #expect(own.problems == [])
    }
  }

  /// As OpenSSL prints numbers: the absolute value with a sign.
  private static func serial(_ bytes: [UInt8]) -> String {
    guard let first = bytes.first, first >= 0x80 else {
      return Hexadecimal.text(of: bytes.drop { $0 == 0 }).uppercased()
    }
    var carry = true
    let absolute = bytes.reversed().map { byte -> UInt8 in
      let (sum, overflow) = (~byte).addingReportingOverflow(carry ? 1 : 0)
      carry = overflow
      return sum
    }
    return "-" + Hexadecimal.text(of: absolute.reversed()).uppercased()
  }
}

@Suite struct CodeSignatureTests {
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
  }

  @Test func bmpStringsAreRead() throws {
    #expect(
      try signatures("self-made/bmp-string.sys").first?.signer?.organization == "Kaspersky Lab")
    let submitted = try #require(try signatures("authority/unicode-name.sys").first)
    #expect(submitted.programName == "AO Kaspersky Lab")
    #expect(submitted.isValid)
  }

  @Test func nestedSignaturesAreReadToTheEnd() throws {
    let all = try signatures("authority/twenty-nested.sys")
    #expect(all.map(\.depth) == [0] + [Int](repeating: 1, count: 20))
    let last = try signatures("authority/kaspersky-last.sys")
    #expect(
      last.map { $0.signer?.organization } == [
        "Microsoft Corporation", "Kaspersky Lab", "Kaspersky Lab", "Kaspersky Lab JSC",
      ])
  }

  /// Not every osslsigncode makes timestamps without a server (Tests/Fixtures/signatures/recipe.sh).
  @Test(.enabled(if: (try? SignedFile.fixture("authority/timestamped.sys")) != nil))
  func timestampsAreRead() throws {
    let signature = try #require(try signatures("authority/timestamped.sys").first)
    #expect(
      signature.timestamp
        == SigningTime(kind: .rfc3161, time: Timestamp(seconds: 1_600_000_000, nanoseconds: 0)))
    #expect(try signatures("authority/sha256.sys").first?.timestamp == nil)
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
