import Bytes
import TestSupport
import Testing

@testable import Identity

/// Signatures as libcrypto reads them, and digests as it computes them.
@Suite struct SignedDataTests {
  /// The first entry of the certificate table, without its header of eight bytes and its padding.
  private func message(_ name: String) throws -> [UInt8] {
    let file = try SignedFile.fixture(name)
    let entry = Array(file.bytes[file.table])
    return Array(entry[8..<Int(entry.little(0, as: UInt32.self))])
  }

  @Test(arguments: [("md5", 16), ("sha1", 20), ("sha256", 32), ("sha384", 48), ("sha512", 64)])
  func theSignedDigestIsThatOfTheBytesAroundTheTable(_ algorithm: String, _ count: Int) throws {
    let bytes = try message("authority/\(algorithm).sys")
    guard let signed = SignedData(bytes.span.bytes) else {
      Issue.record("it cannot be read")
      return
    }
    let (name, digest) = (signed.digestAlgorithm, signed.fileDigest)
    #expect(name == algorithm && digest.count == count)
    let file = try SignedFile.fixture("authority/\(algorithm).sys")
    let ranges = [
      0..<file.checksum, (file.checksum + 4)..<file.tableEntry,
      (file.tableEntry + 8)..<file.table.lowerBound,
    ]
    #expect(FileDigest.of(ranges, file.bytes.span.bytes, by: algorithm) == digest)
    // OpenSSL's program, from the same bytes.
    let folder = try TemporaryDirectory()
    let covered = try folder.write(ranges.flatMap { file.bytes[$0] }, to: "covered")
    let peer = try Subprocess.run("openssl", ["dgst", "-" + algorithm, "-r", covered]).text
    #expect(peer.hasPrefix(Hexadecimal.text(of: digest) + " "))
  }

  @Test func aMessageThatIsCutIsNone() throws {
    let bytes = try message("authority/sha256.sys")
    var end = Int(bytes.big(2, as: UInt16.self)) + 4
    #expect(bytes[0] == 0x30 && bytes[1] == 0x82 && end <= bytes.count)
    func isReadable(_ bytes: [UInt8]) -> Bool { SignedData(bytes.span.bytes) != nil }
    #expect(isReadable(Array(bytes.prefix(end))))
    #expect(
      isReadable(bytes + [UInt8](repeating: 0xFF, count: 100)), "bytes behind it are not read")
    while end > 0 {
      end -= end > 64 ? 61 : 1
      #expect(!isReadable(Array(bytes.prefix(max(0, end)))), "\(end)")
    }
  }

  @Test func otherStructuresAreNone() throws {
    func isReadable(_ bytes: [UInt8]) -> Bool { SignedData(bytes.span.bytes) != nil }
    // An empty sequence, one of indefinite length, one longer than memory, and a certificate.
    for bytes in [
      [0x30, 0], [0x30, 0x80, 0, 0], [0x30, 0x84, 0x7F, 0xFF, 0xFF, 0xFF, 0], [0x04, 1, 0], [0xFF],
    ] as [[UInt8]] {
      #expect(!isReadable(bytes), "\(bytes)")
    }
    // The type of the content is that of other messages: 1.2.840.113549.1.7.1.
    var other = try message("authority/sha256.sys")
    let type = try #require(
      other.firstRange(of: [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02]))
    other[type.upperBound - 1] = 1
    #expect(!isReadable(other))
  }

  @Test func nestedSignaturesAreMessagesOfTheirOwn() throws {
    let bytes = try message("authority/twenty-nested.sys")
    guard let signed = SignedData(bytes.span.bytes) else {
      Issue.record("it cannot be read")
      return
    }
    let nested = (0..<20).map { signed.nested($0) }
    let (count, behind) = (signed.nestedCount, signed.nested(20))
    #expect(count == 20 && behind.isEmpty)
    let areReadable = nested.allSatisfy { SignedData($0.span.bytes) != nil }
    #expect(areReadable && Set(nested).count == 20)
  }

  @Test(
    "The digests of RFC 1321 and FIPS 180 of abc",
    arguments: [
      ("md5", "900150983cd24fb0d6963f7d28e17f72"),
      ("sha1", "a9993e364706816aba3e25717850c26c9cd0d89d"),
      ("sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
  func knownDigests(_ algorithm: String, _ expected: String) {
    let bytes = Array("xabyc".utf8)
    let digest = FileDigest.of([1..<3, 0..<0, 4..<5], bytes.span.bytes, by: algorithm)
    #expect(digest.map { Hexadecimal.text(of: $0) } == expected)
  }

  @Test func paddingIsHashedAsZeros() {
    let bytes = Array("abc\0\0\0\0\0".utf8)
    let padded = FileDigest.of([0..<3], bytes.span.bytes, by: "sha256", padding: 5)
    let whole = FileDigest.of([0..<8], bytes.span.bytes, by: "sha256")
    #expect(padded == whole && padded != FileDigest.of([0..<3], bytes.span.bytes, by: "sha256"))
    for algorithm in ["", "sha257", "rsa"] {
      #expect(FileDigest.of([0..<3], bytes.span.bytes, by: algorithm) == nil)
    }
  }
}
