import Evidence
import Findings
import Foundation
import Identity
import TestSupport
import Testing

/// Timestamps. Agreement with `osslsigncode verify` is tested with the signatures.
@Suite struct TimestampTests {
  private func timestamp(_ bytes: [UInt8]) throws -> SigningTime? {
    let signature = try #require(CodeSignatureReader(bytes.span.bytes).signatures.first)
    #expect(signature.isValid)
    return signature.timestamp
  }

  @Test(arguments: [SigningTime.Kind.rfc3161, .pkcs9])
  func aTimestampOfTheSignatureIsValid(_ kind: SigningTime.Kind) throws {
    for folder in ["authority", "self-made"] {
      let file = try SignedFile.fixture("\(folder)/\(kind.rawValue).sys")
      let timestamp = try #require(try timestamp(file.bytes))
      #expect(timestamp.kind == kind)
      #expect(timestamp.check == .valid)
      // It was made together with the file.
      let changed = try FileManager.default.attributesOfItem(atPath: file.path)[.modificationDate]
      let date = try #require(changed as? Date).timeIntervalSince1970
      #expect(abs(Double(try #require(timestamp.time).seconds) - date) < 60)
    }
    #expect(try timestamp(SignedFile.fixture("authority/sha256.sys").bytes) == nil)
  }

  /// As VeriSign and Symantec made them until 2017. OpenSSL, and so osslsigncode, does not take them; Windows does.
  @Test func aCountersignatureOfTheBareHashIsValid() throws {
    for folder in ["authority", "self-made"] {
      let file = try SignedFile.fixture("\(folder)/bare.sys")
      let timestamp = try #require(try timestamp(file.bytes))
      #expect(timestamp.kind == .pkcs9)
      #expect(timestamp.check == .valid)
      // The last bytes in the table are those of the countersignature, but for padding.
      #expect(try self.timestamp(file.flipping(file.bytes.count - 20))?.check == .invalid)
    }
    let other = try SignedFile.fixture("authority/bare-of-another.sys")
    #expect(try timestamp(other.bytes)?.check == .invalid)
  }

  @Test(arguments: [SigningTime.Kind.rfc3161, .pkcs9])
  func aTimestampOfAnotherSignatureIsInvalid(_ kind: SigningTime.Kind) throws {
    let file = try SignedFile.fixture("authority/\(kind.rawValue)-of-another.sys")
    let timestamp = try #require(try timestamp(file.bytes))
    #expect(timestamp.kind == kind)
    #expect(timestamp.check == .invalid)
  }

  /// The timestamp's own signature is the last item in the table, except for padding.
  @Test(arguments: [SigningTime.Kind.rfc3161, .pkcs9])
  func aDamagedTimestampIsInvalid(_ kind: SigningTime.Kind) throws {
    let file = try SignedFile.fixture("authority/\(kind.rawValue).sys")
    try expectInvalid(file.flipping(file.bytes.count - 20))
  }

  @Test(arguments: [SigningTime.Kind.rfc3161, .pkcs9])
  func aCertificateForSomethingElseMakesNoTimestamps(_ kind: SigningTime.Kind) throws {
    let file = try SignedFile.fixture("authority/\(kind.rawValue).sys")
    // The OBJECT IDENTIFIER of its extended key usage: from time stamping to code signing.
    let usages = file.bytes.ranges(of: [0x2B, 6, 1, 5, 5, 7, 3, 8])
    #expect(usages.count == 1)
    var bytes = file.bytes
    bytes[try #require(usages.first).upperBound - 1] = 3
    try expectInvalid(bytes)
  }

  /// Expects an invalid timestamp from our reader and from the peer.
  private func expectInvalid(_ bytes: [UInt8]) throws {
    #expect(try timestamp(bytes)?.check == .invalid)
    let folder = try TemporaryDirectory()
    let peer = try PeerSignature.of(folder.write(bytes, to: "variant"))
    #expect(peer.map(\.isTimestampVerified) == [false])
    #expect(peer.map(\.isVerified) == [true])
  }

  /// The stated time is in signed attributes (pkcs9) or in the content that they sign (rfc3161).
  @Test(arguments: [SigningTime.Kind.rfc3161, .pkcs9])
  func anotherTimeIsInvalid(_ kind: SigningTime.Kind) throws {
    let file = try SignedFile.fixture("authority/\(kind.rawValue).sys")
    let before = try #require(try timestamp(file.bytes)?.time)
    let stated = try self.stated(before.seconds, kind)
    var changes = 0
    for range in file.bytes.ranges(of: stated) {
      var bytes = file.bytes
      // The seconds before the Z become others.
      bytes[range.upperBound - 2] = bytes[range.upperBound - 2] == 0x30 ? 0x31 : 0x30
      // The signer's own attributes, and certificates, may state the same second.
      let signature = try #require(CodeSignatureReader(bytes.span.bytes).signatures.first)
      guard signature.isValid, signature.timestamp?.time != before else { continue }
      #expect(signature.timestamp?.check == .invalid)
      changes += 1
    }
    #expect(changes == 1)
  }

  private func stated(_ seconds: Int64, _ kind: SigningTime.Kind) throws -> [UInt8] {
    let format = kind == .rfc3161 ? "+%Y%m%d%H%M%SZ" : "+%y%m%d%H%M%SZ"
    let text = try Subprocess.run("date", ["-u", "-d", "@\(seconds)", format]).text
    return Array(text.utf8.dropLast())
  }

  /// Without its signer's certificate, a timestamp can be neither confirmed nor refuted.
  @Test(arguments: [SigningTime.Kind.rfc3161, .pkcs9])
  func aTimestampWithoutItsCertificateIsUnverified(_ kind: SigningTime.Kind) throws {
    let file = try SignedFile.fixture("authority/\(kind.rawValue).sys")
    // The name of the certificate's subject and issuer; the one in the SignerInfo, the last, stays.
    let name = Array("\u{0C}\u{04}Time".utf8)
    let places = file.bytes.ranges(of: name)
    #expect(places.count == 3)
    var bytes = file.bytes
    for place in places.dropLast() { bytes[place.upperBound - 1] = UInt8(ascii: "s") }
    #expect(try timestamp(bytes)?.check == .unverified)
  }
}
