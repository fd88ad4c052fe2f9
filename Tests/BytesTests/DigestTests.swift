import Bytes
import Foundation
import TestSupport
import Testing

@Suite struct DigestTests {
  /// RFC 1321 A.5 and FIPS 180-4 (the examples of NIST).
  private static let known: [(text: String, md5: String, sha1: String, sha256: String)] = [
    (
      "", "d41d8cd98f00b204e9800998ecf8427e", "da39a3ee5e6b4b0d3255bfef95601890afd80709",
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    ),
    (
      "abc", "900150983cd24fb0d6963f7d28e17f72", "a9993e364706816aba3e25717850c26c9cd0d89d",
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    ),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "8215ef0796a20bcaaae116d3876c664a", "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      String(repeating: "a", count: 1_000_000), "7707d6ae4e027c70eea2a935c2296f21",
      "34aa973cd4c4daa4f61eeb2bdbad27316534016f",
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ]

  @Test(arguments: known)
  func theHashesAreThoseOfTheStandards(text: String, md5: String, sha1: String, sha256: String) {
    let bytes = Array(text.utf8)
    let digest = Digest(of: bytes.span.bytes)
    #expect(Hexadecimal.text(of: digest.md5) == md5)
    #expect(Hexadecimal.text(of: digest.sha1) == sha1)
    #expect(Hexadecimal.text(of: digest.sha256) == sha256)
    #expect(Digest.sha256(of: bytes) == digest.sha256)
  }

  @Test func noMemoryAtAllIsLikeNoBytes() {
    #expect(Digest(of: RawSpan()) == Digest(of: [UInt8]().span.bytes))
  }

  /// Bytes are hashed in pieces of 65,536.
  @Test(arguments: [65_535, 65_536, 65_537, 131_072, 200_000])
  func piecesJoin(count: Int) throws {
    let folder = try TemporaryDirectory()
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    try folder.write(bytes, to: "item")
    let digest = Digest(of: bytes.span.bytes)
    for (tool, hash) in [
      ("md5sum", digest.md5), ("sha1sum", digest.sha1), ("sha256sum", digest.sha256),
    ] {
      let printed = try Subprocess.run(tool, ["item"], in: folder.path)
      #expect(printed.text.hasPrefix(Hexadecimal.text(of: hash) + " "))
    }
  }
}
