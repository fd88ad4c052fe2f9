import Bytes
import Evidence

/// Central directory of a ZIP archive (APPNOTE.TXT 4.3.12 to 4.3.16) of the ordinary form: one part, members stored or
/// deflated. Others are left to libarchive.
struct ZipDirectory {
  /// Members in the order of their bytes.
  private(set) var members: [ZipMember] = []
  /// The directory, in which the members' names are.
  let bytes: [UInt8]

  /// Largest directory in bytes: one of a million members with names of 100 bytes has some 150 MB.
  private static let maximumLength: UInt64 = 256 << 20

  /// Reads the directory of an archive; nil if it has none of the ordinary form.
  init?(of archive: Archive, in content: any OpenContent) throws(ItemProblem) {
    guard let place = try ZipEnd(of: archive, in: content), place.length <= Self.maximumLength
    else { return nil }
    bytes = try content.bytes(at: place.start, count: Int(place.length))
    guard UInt64(bytes.count) == place.length else { return nil }
    var position = 0
    while position < bytes.count {
      guard let (member, length) = ZipMember.parsed(bytes, at: position, base: place.base),
        member.method == 0 || member.method == 8 || member.isEncrypted
      else { return nil }
      members.append(member)
      position += length
    }
    guard UInt64(members.count) == place.count else { return nil }
    members.sort { ($0.offset, $0.name.lowerBound) < ($1.offset, $1.name.lowerBound) }
  }
}

/// Place of a central directory, by the record at the end of an archive.
private struct ZipEnd {
  /// Offset of the directory in the content.
  let start: UInt64
  /// Length in bytes.
  let length: UInt64
  /// Offset in the content from which the directory counts: that of a program in front may be part of it, or not.
  let base: UInt64
  /// Number of members.
  let count: UInt64

  init?(of archive: Archive, in content: any OpenContent) throws(ItemProblem) {
    let range = archive.range
    // The record is the last, except for a comment of up to 64 KiB.
    let length = min(range.upperBound - range.lowerBound, 22 + 65535)
    let first = range.upperBound - length
    let tail = try content.bytes(at: first, count: Int(length))
    guard UInt64(tail.count) == length, length >= 22,
      let end = stride(from: tail.count - 22, through: 0, by: -1).first(where: { place in
        tail.has("PK\u{5}\u{6}", at: place)
          && Int(tail.little(place + 20, as: UInt16.self)) <= tail.count - place - 22
      })
    else { return nil }
    var (part, directoryPart) = (
      UInt32(tail.little(end + 4, as: UInt16.self)), UInt32(tail.little(end + 6, as: UInt16.self))
    )
    var count = UInt64(tail.little(end + 10, as: UInt16.self))
    var size = UInt64(tail.little(end + 12, as: UInt32.self))
    var offset = UInt64(tail.little(end + 16, as: UInt32.self))
    var record = first + UInt64(end)
    if end >= 20, tail.has("PK\u{6}\u{7}", at: end - 20) {
      // The record with 64-bit numbers is in front of its locator, whose offset may not count a program in front.
      guard end >= 76, tail.has("PK\u{6}\u{6}", at: end - 76) else { return nil }
      let wide = end - 76
      (part, directoryPart) = (tail.little(wide + 16), tail.little(wide + 20))
      (count, size, offset) = (
        tail.little(wide + 32), tail.little(wide + 40), tail.little(wide + 48)
      )
      record = first + UInt64(wide)
    }
    guard part == 0, directoryPart == 0, size <= record, offset <= record - size,
      record - size >= range.lowerBound
    else { return nil }
    (start, self.length, base, self.count) = (record - size, size, record - size - offset, count)
  }
}

/// A member according to the central directory.
struct ZipMember {
  /// Place of its name in the directory.
  let name: Range<Int>
  let method: UInt16
  let isEncrypted: Bool
  let kind: ArchiveMember.Kind
  /// CRC-32 of its bytes.
  let checksum: UInt32
  /// Bytes that it takes in the archive.
  let packedLength: UInt64
  /// Bytes that it has, as the directory states.
  let size: UInt64
  /// Offset of its local header in the content.
  let offset: UInt64

  /// Bytes that a symbolic link has at most (PATH_MAX).
  private static let longestLink: UInt64 = 4096

  /// Parses the entry at an offset of a directory: member, and length of the entry; nil if it is invalid.
  static func parsed(_ bytes: [UInt8], at place: Int, base: UInt64) -> (ZipMember, Int)? {
    guard bytes.count - place >= 46, bytes.has("PK\u{1}\u{2}", at: place) else { return nil }
    let name = place + 46
    let extra = name + Int(bytes.little(place + 28, as: UInt16.self))
    let comment = extra + Int(bytes.little(place + 30, as: UInt16.self))
    let end = comment + Int(bytes.little(place + 32, as: UInt16.self))
    guard end <= bytes.count else { return nil }
    var numbers = WideNumbers(
      size: UInt64(bytes.little(place + 24, as: UInt32.self)),
      packed: UInt64(bytes.little(place + 20, as: UInt32.self)),
      offset: UInt64(bytes.little(place + 42, as: UInt32.self)))
    if numbers.areShort { numbers.widen(bytes, extra..<comment) }
    let (offset, overflow) = base.addingReportingOverflow(numbers.offset)
    guard !overflow else { return nil }
    let flags: UInt16 = bytes.little(place + 8)
    let member = ZipMember(
      name: name..<extra, method: bytes.little(place + 10),
      // Encrypted, strongly encrypted, masked headers.
      isEncrypted: flags & (1 | 1 << 6 | 1 << 13) != 0,
      kind: kind(
        system: bytes[place + 5], attributes: bytes.little(place + 38),
        endsInSlash: extra > name && bytes[extra - 1] == UInt8(ascii: "/"), numbers.size),
      checksum: bytes.little(place + 16), packedLength: numbers.packed, size: numbers.size,
      offset: offset)
    return (member, end - place)
  }

  /// Kind of a member. Its attributes are only a claim: what has bytes of its own is a file.
  private static func kind(
    system: UInt8, attributes: UInt32, endsInSlash: Bool, _ size: UInt64
  ) -> ArchiveMember.Kind {
    let mode = system == 3 ? attributes >> 16 & 0o170000 : 0
    if mode == 0o120000, size <= longestLink { return .symbolicLink }
    guard size == 0 else { return .file }
    if endsInSlash || mode == 0o040000 || mode == 0 && attributes & 0x10 != 0 { return .directory }
    return mode == 0 || mode == 0o100000 ? .file : .special
  }
}

/// Numbers of an entry, of which those that are all ones are in an extra field of kind 1, in this order.
private struct WideNumbers {
  var size: UInt64
  var packed: UInt64
  var offset: UInt64

  private static let absent = UInt64(UInt32.max)

  var areShort: Bool { size == Self.absent || packed == Self.absent || offset == Self.absent }

  mutating func widen(_ bytes: [UInt8], _ extra: Range<Int>) {
    var position = extra.lowerBound
    while extra.upperBound - position >= 4 {
      let end = position + 4 + Int(bytes.little(position + 2, as: UInt16.self))
      guard end <= extra.upperBound else { return }
      if bytes.little(position, as: UInt16.self) == 1 {
        var place = position + 4
        func next(_ number: inout UInt64) {
          guard number == Self.absent, end - place >= 8 else { return }
          number = bytes.little(place)
          place += 8
        }
        next(&size)
        next(&packed)
        next(&offset)
        return
      }
      position = end
    }
  }
}
