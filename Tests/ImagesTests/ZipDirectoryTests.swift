import Bytes
import TestSupport
import Testing

@testable import Containers

/// The central directory of a Zip archive (APPNOTE.TXT 4.3.12 to 4.3.16), valid and hostile.
@Suite struct ZipDirectoryTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func end(offset: UInt32, length: UInt32, comment: Int = 0, disk: UInt16 = 0) -> [UInt8] {
    var bytes = [UInt8](zeros: 22)
    bytes.write("PK\u{05}\u{06}", at: 0)
    bytes.write(little: disk, at: 4)
    bytes.write(little: length, at: 12)
    bytes.write(little: offset, at: 16)
    bytes.write(little: UInt16(comment), at: 20)
    return bytes + [UInt8](repeating: 0x41, count: comment)
  }

  private func directory(_ bytes: [UInt8]) throws -> ZipDirectory {
    try ZipDirectory(try folder.imageFile(bytes))
  }

  @Test(arguments: [0, 1, 65_535])
  func theEndRecordIsFoundBeforeItsComment(_ comment: Int) throws {
    let found = try directory([UInt8](zeros: 100) + end(offset: 10, length: 90, comment: comment))
    #expect(found.offset == 10 && found.length == 90)
  }

  @Test func aFileWithoutAnEndIsTruncated() throws {
    for bytes in [[], [0x50], [UInt8](zeros: 21), [UInt8](zeros: 200)] {
      let error = #expect(throws: ImageError.self) { try directory(bytes) }
      #expect(error?.reason == .truncated, "\(bytes.count)")
    }
  }

  @Test func aDirectoryBeyondTheFileIsDamage() {
    #expect(throws: ImageError.self) { try directory(end(offset: 23, length: 0)) }
    #expect(throws: ImageError.self) { try directory(end(offset: 1, length: .max)) }
    let parts = #expect(throws: ImageError.self) {
      try directory(end(offset: 0, length: 0, disk: 3))
    }
    #expect(parts?.reason == .unsupported)
  }

  @Test func aLocatorLeadsToNumbersOf64Bits() throws {
    var record = [UInt8](zeros: 56)
    record.write("PK\u{06}\u{06}", at: 0)
    record.write(little: UInt64(46), at: 40)
    record.write(little: UInt64(4), at: 48)
    var locator = [UInt8](zeros: 20)
    locator.write("PK\u{06}\u{07}", at: 0)
    locator.write(little: UInt64(50), at: 8)
    let tail = end(offset: .max, length: .max)
    let found = try directory([UInt8](zeros: 50) + record + locator + tail)
    #expect(found.offset == 4 && found.length == 46)
    // The locator leads outside the file, or to something else.
    for place in [UInt64.max, 1] {
      locator.write(little: place, at: 8)
      let bytes = [UInt8](zeros: 50) + record + locator + tail
      #expect(throws: ImageError.self) { try directory(bytes) }
    }
  }

  private func entry(method: UInt16 = 8, flags: UInt8 = 0, extra: [UInt8] = []) -> [UInt8] {
    var bytes = [UInt8](zeros: 46)
    bytes.write("PK\u{01}\u{02}", at: 0)
    bytes[8] = flags
    bytes.write(little: method, at: 10)
    bytes.write(little: UInt32(100), at: 20)
    bytes.write(little: UInt32.max, at: 24)
    bytes.write(little: UInt16(3), at: 28)
    bytes.write(little: UInt16(extra.count), at: 30)
    bytes.write(little: UInt32.max, at: 42)
    return bytes + Array("a/b".utf8) + extra
  }

  @Test func numbersOfAllOnesComeFromTheExtraField() throws {
    // A field of another kind first; then length and offset, since only those are all ones.
    let wide: [UInt8] =
      [1, 0, 16, 0] + [UInt8](little: UInt64(1) << 40) + [UInt8](little: UInt64(7))
    let bytes = entry(extra: [9, 9, 1, 0, 0] + wide)
    let (name, member, length) = try #require(ZipMember.entry(bytes, at: 0))
    #expect(name == "a/b" && length == bytes.count)
    #expect(member.length == 1 << 40 && member.packedLength == 100 && member.offset == 7)
    #expect(member.method == .deflated)
    // An extra field that is longer than its entry changes nothing.
    let (_, cut, _) = try #require(ZipMember.entry(entry(extra: [1, 0, 200, 0, 5]), at: 0))
    #expect(cut.length == UInt64(UInt32.max) && cut.offset == UInt64(UInt32.max))
  }

  @Test func encryptedMembersHaveAnotherMethod() throws {
    #expect(ZipMember.entry(entry(method: 0), at: 0)?.1.method == .stored)
    #expect(ZipMember.entry(entry(method: 0, flags: 1), at: 0)?.1.method == .other)
    #expect(ZipMember.entry(entry(method: 12), at: 0)?.1.method == .other)
  }

  @Test func entriesThatAreCutAreRejected() {
    let bytes = entry(extra: [1, 2, 3, 4])
    for count in 0..<bytes.count {
      #expect(ZipMember.entry(Array(bytes.prefix(count)), at: 0) == nil, "\(count)")
    }
    #expect(ZipMember.entry(bytes, at: 1) == nil)
  }
}
