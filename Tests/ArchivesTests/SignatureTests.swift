import Bytes
import Evidence
import TestSupport
import Testing

@testable import Archives

/// An archive is recognised by its bytes, whatever its name.
@Suite struct SignatureTests {
  private func signature(_ head: [UInt8], size: UInt64? = nil) -> ArchiveSignature? {
    ArchiveSignature(head.span.bytes, size: size ?? UInt64(head.count))
  }

  @Test func magicsNameTheKind() {
    let heads: [(ArchiveKind, [UInt8])] = [
      (.zip, Array("PK\u{3}\u{4}".utf8)), (.zip, Array("PK\u{5}\u{6}".utf8)),
      (.sevenZip, [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]), (.cab, Array("MSCF\0\0\0\0".utf8)),
      (.rar, Array("Rar!\u{1A}\u{7}\u{1}".utf8)), (.deb, Array("!<arch>\ndebian-binary   ".utf8)),
      (.rpm, [0xED, 0xAB, 0xEE, 0xDB]), (.cpio, Array("070701".utf8)), (.gzip, [0x1F, 0x8B, 8]),
      (.bzip2, Array("BZh91AY&SY".utf8)), (.xz, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]),
      (.zstd, [0x28, 0xB5, 0x2F, 0xFD]), (.lzip, Array("LZIP\u{1}".utf8)),
      (.tar, [UInt8](repeating: 0x61, count: 257) + Array("ustar".utf8)),
      (.vmdk, Array("KDMV\u{1}".utf8)), (.vmdk, Array("# Disk DescriptorFile\n".utf8)),
      (.vhd, Array("conectix".utf8)), (.vhdx, Array("vhdxfile".utf8)),
      (.qcow2, [0x51, 0x46, 0x49, 0xFB]), (.ewf, Array("EVF\u{9}\r\n".utf8) + [0xFF, 0]),
      (.aff, Array("AFF10\r\n\0".utf8)),
      (.vdi, [UInt8](repeating: 0x3C, count: 64) + [0x7F, 0x10, 0xDA, 0xBE]),
    ]
    for (kind, head) in heads { #expect(signature(head) == .whole(kind)) }
  }

  private func mayBe(_ head: [UInt8], size: UInt64) -> Bool {
    ArchiveSignature.mayBe(head.span.bytes, size: size)
  }

  /// Text at offset 257 of a class makes no tar of it; a universal program has the same first bytes.
  @Test func aJavaClassIsNone() {
    func head(version: UInt8, count: Int = 4096) -> [UInt8] {
      var bytes =
        [0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, version] + [UInt8](repeating: 0x61, count: 4088)
      bytes.replaceSubrange(257..<262, with: "ustar".utf8)
      return Array(bytes.prefix(count))
    }
    #expect(signature(head(version: 52)) == nil)
    #expect(signature(head(version: 44)) == .whole(.tar))
    #expect(!mayBe(head(version: 45, count: 8), size: 4096))
    #expect(mayBe(head(version: 44, count: 8), size: 4096))
  }

  /// Whether an item is an archive is not known from fewer bytes than a signature of a tar needs.
  @Test func fewBytesDoNotDecide() {
    let text = [UInt8](repeating: 0x61, count: 262)
    #expect(mayBe(Array(text[..<261]), size: 262))
    #expect(!mayBe(text, size: 4096))
    #expect(!mayBe(Array(text[..<100]), size: 100))
  }

  @Test func otherBytesAreNone() {
    for text in ["", "P", "PK", "MSCFx", "!<arch>\nother", "BZh9", "Rar", "MZ"] {
      #expect(signature(Array(text.utf8)) == nil)
    }
  }

  /// A program of two sections, which end at 0x600.
  private func program(certificates: UInt32 = 0) -> [UInt8] {
    var head = [UInt8](repeating: 0, count: 4096)
    func put(_ number: UInt32, at offset: Int) {
      for byte in 0..<4 { head[offset + byte] = UInt8(truncatingIfNeeded: number >> (8 * byte)) }
    }
    head[0] = 0x4D
    head[1] = 0x5A
    put(0x80, at: 0x3C)
    put(0x4550, at: 0x80)
    head[0x86] = 2
    head[0x94] = 0xE0
    put(0x10B, at: 0x98)
    put(16, at: 0x98 + 92)
    put(certificates, at: 0x98 + 128)
    for (index, section) in [(UInt32(0x200), UInt32(0x200)), (0x200, 0x400)].enumerated() {
      let header = 0x98 + 0xE0 + 40 * index
      put(section.0, at: header + 16)
      put(section.1, at: header + 20)
    }
    return head
  }

  @Test func bytesBehindAProgramMayBeOne() {
    #expect(signature(program(), size: 0x600) == nil)
    #expect(
      signature(program(), size: 0x1000)
        == .program(overlay: 0x600..<0x1000, hasResources: false))
    #expect(
      signature(program(certificates: 0x900), size: 0x1000)
        == .program(overlay: 0x600..<0x900, hasResources: false))
    #expect(signature(program(certificates: 0x600), size: 0x1000) == nil)
  }

  @Test func aHeaderThatEndsEarlyIsNone() {
    let head = program()
    for count in 0..<0x200 { _ = signature(Array(head.prefix(count)), size: 0x1000) }
    #expect(signature(Array(head.prefix(0x90)), size: 0x1000) == nil)
  }
}
