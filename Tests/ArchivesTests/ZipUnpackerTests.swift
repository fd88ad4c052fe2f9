import Evidence
import Foundation
import TestSupport
import Testing

@testable import Archives

/// Members as a whole: as the directory states, or as far as there are.
@Suite struct ZipUnpackerTests {
  private let unpacker = ZipUnpacker()
  /// 2,000 bytes, and what zlib makes of them.
  private static let plain = [UInt8](repeating: 0x61, count: 2000)
  private static let packed: [UInt8] = {
    let program = """
      import sys, zlib
      z = zlib.compressobj(9, zlib.DEFLATED, -15)
      sys.stdout.buffer.write(z.compress(b'a' * 2000) + z.flush())
      """
    return (try? Subprocess.run("python3", ["-c", program])).map { Array($0.output) } ?? []
  }()
  /// zlib.crc32(b'a' * 2000).
  private static let checksum: UInt32 = 0xA813_3E39

  private func member(
    _ bytes: [UInt8], method: UInt16 = 8, size: UInt64 = 2000, checksum: UInt32 = checksum,
    packedLength: UInt64? = nil
  ) -> PackedMember {
    PackedMember(
      member: ZipMember(
        name: 0..<0, method: method, isEncrypted: false, kind: .file, checksum: checksum,
        packedLength: packedLength ?? UInt64(bytes.count), size: size, offset: 0), bytes: bytes)
  }

  @Test func aMemberAsStatedIsWhole() {
    #expect(unpacker.whole(member(Self.packed), upTo: 2000) == Self.plain)
    #expect(unpacker.whole(member(Self.plain, method: 0), upTo: 2000) == Self.plain)
  }

  @Test func whatIsNotAsStatedIsNotWhole() {
    for other in [
      member(Self.packed, size: 1999), member(Self.packed, size: 2001),
      member(Self.packed, checksum: 1), member(Self.packed, packedLength: 900),
      member(Self.plain, method: 0, checksum: 1), member(Self.plain, method: 0, size: 1999),
    ] {
      #expect(unpacker.whole(other, upTo: 1 << 20) == nil)
    }
    #expect(unpacker.whole(member(Self.packed), upTo: 1999) == nil)
  }

  @Test func whatThereIsIsRecovered() {
    let claims = unpacker.recover(member(Self.packed, size: 3), upTo: 1 << 20)
    #expect(claims.0 == Self.plain && claims.1?.reason == .unreadable)
    let long = unpacker.recover(member(Self.packed), upTo: 100)
    #expect(long.0 == Array(Self.plain.prefix(100)) && long.1?.reason == .tooLarge)
    let cut = unpacker.recover(
      member(Array(Self.packed.dropLast(2)), packedLength: UInt64(Self.packed.count)), upTo: 5000)
    #expect(Self.plain.starts(with: cut.0) && cut.1?.reason == .unreadable)
    let stored = unpacker.recover(member(Self.plain, method: 0), upTo: 10)
    #expect(stored.0.count == 10 && stored.1?.reason == .tooLarge)
  }
}
