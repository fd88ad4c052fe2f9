import Bytes
import Evidence
import Findings
import Foundation
import Identity
import TestSupport
import Testing

/// Signatures compared with `osslsigncode verify`, an independent implementation.
@Suite struct CodeSignatureAgreementTests {
  /// Signatures in a form that both can produce. Two differences are known: the peer reads nested
  /// signatures in the order of their sequence numbers, we in file order, so both are sorted; and
  /// for a wrong digest the peer names no signer, so it is omitted here as well.
  private func lines(_ signatures: [CodeSignature]) -> [String] {
    signatures.map { signature in
      let serial = Self.serial(signature.signer?.serial ?? [])
      guard signature.digest == .valid else { return "mismatch" }
      let timestamp = signature.timestamp.map { "\($0.check == .valid)" } ?? "none"
      return "\(serial) \(signature.isValid), timestamp \(timestamp)"
    }.sorted()
  }

  private func lines(_ peer: [PeerSignature]) -> [String] {
    peer.map { signature in
      guard signature.digestMatches else { return "mismatch" }
      let timestamp = signature.isTimestampVerified.map { "\($0)" } ?? "none"
      return "\(signature.serial) \(signature.isVerified), timestamp \(timestamp)"
    }.sorted()
  }

  @Test func everySignatureIsJudgedAsThePeerDoes() throws {
    let folder = try TemporaryDirectory()
    var variants = 0
    var signatures = 0
    var valid = 0
    for path in SignedFile.signed {
      for (name, bytes) in try SignedFile(path).variants() {
        let peer = try PeerSignature.of(folder.write(bytes, to: "variant"))
        let own = CodeSignatureReader(bytes.span.bytes).signatures
        // osslsigncode does not take a countersignature of the bare hash (TimestampTests).
        if !path.contains("/bare") { #expect(lines(own) == lines(peer), "\(path), \(name)") }
        #expect(!own.isEmpty, "\(path), \(name)")
        for signature in own where signature.digest == .valid {
          try compareSubjects(signature, peer, "\(path), \(name)")
        }
        variants += 1
        signatures += own.count
        valid += own.count { $0.isValid }
      }
    }
    print(
      "Compared with osslsigncode verify: \(variants) variants of \(SignedFile.signed.count) files,",
      "\(signatures) signatures, \(valid) of them valid")
    #expect(variants >= 300)
    // Both answers must occur, or the comparison is meaningless.
    #expect(valid >= 100 && signatures - valid >= 100)
  }

  private func compareSubjects(
    _ signature: CodeSignature, _ peer: [PeerSignature], _ comment: Comment
  ) throws {
    let signer = try #require(signature.signer, comment)
    let serial = Self.serial(signer.serial)
    let named = try #require(peer.first { $0.serial == serial }, comment)
    // The peer escapes characters outside ASCII.
    guard !named.subject.contains("\\x") else { return }
    #expect(named.subject.contains("CN=\(signer.commonName ?? "")"), comment)
    if let organization = signer.organization {
      #expect(named.subject.contains("/O=\(organization)"), comment)
    }
  }

  /// A damaged byte may be in an authority's certificate, which the peer has in its store and we
  /// have only from the file, or in the signer's, whose key still matches. So the peer verifies
  /// everything that we call valid with a complete chain, and nothing that we do not call valid.
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
      // Unreadable signatures are reported; the peer lists them without a digest or not at all.
      #expect(own.count >= peer.count || !reader.problems.isEmpty, comment)
      #expect(own.count { $0.isValid && $0.isChainComplete } <= verified, comment)
      #expect(verified <= own.count { $0.isValid }, comment)
    }
  }

  /// The peer sees no signature if the table is not at the end; we list them, but call none
  /// valid.
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

  /// A serial as OpenSSL prints it: the absolute value with a sign.
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
