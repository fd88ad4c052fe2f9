import Bytes
import Evidence

/// A Zip archive (PKWARE, APPNOTE.TXT 6.3), as a container of images uses it: members by their names, stored or
/// deflated. The central directory alone says what there is.
final class ZipArchive: Sendable {
  let file: ImageFile
  /// Members by their names; the last of a name counts, since archives are appended to.
  let members: [String: ZipMember]
  /// Members that were decompressed as a whole. Two of a damaged directory may begin at one place.
  private let inflated = ChunkCache<ZipMember>(capacity: 64 << 20, shards: 1)
  private let numbers: TableReader

  /// A medium of 32 TB has half a million bevies of 64 MiB, and an index for each.
  private static let maximumMembers = 1 << 20
  private static let maximumDirectory: UInt64 = 128 << 20
  /// What is deflated is kept in memory as a whole.
  private static let maximumInflated: UInt64 = 64 << 20

  init(_ file: ImageFile) throws(ImageError) {
    self.file = file
    numbers = TableReader(file)
    let directory = try ZipDirectory(file)
    guard directory.length <= Self.maximumDirectory else {
      throw ImageError(damaged: file.path, "a directory of \(directory.length) bytes")
    }
    let bytes = try file.bytes(at: directory.offset, count: Int(directory.length))
    var members = [String: ZipMember]()
    var position = 0
    while position < bytes.count {
      guard members.count < Self.maximumMembers,
        let (name, member, length) = ZipMember.entry(bytes, at: position)
      else {
        throw ImageError(
          damaged: file.path, "entry \(members.count) of its directory cannot be read")
      }
      members[name] = member
      position += length
    }
    self.members = members
  }

  /// Where a member's bytes lie in the file, if they lie there as they are; nil if it is compressed.
  func place(of member: ZipMember) throws(ImageError) -> UInt64? {
    guard member.method == .stored else { return nil }
    guard member.length == member.packedLength else { throw damaged(member) }
    return try start(of: member)
  }

  /// `count` bytes of a member, which must have them.
  func bytes(of member: ZipMember, at offset: UInt64, count: Int) throws(ImageError) -> [UInt8] {
    guard offset <= member.length, UInt64(count) <= member.length - offset else {
      throw ImageError(damaged: file.path, "a member that is shorter than what lies in it")
    }
    if let place = try place(of: member) {
      return try file.bytes(at: place + offset, count: count)
    }
    let whole = try inflate(member)
    return Array(whole[Int(offset)..<(Int(offset) + count)])
  }

  /// A little-endian number in a member, through a cache.
  func little<Number: FixedWidthInteger & Sendable>(of member: ZipMember, at offset: UInt64)
    throws(ImageError) -> Number
  {
    let size = MemoryLayout<Number>.size
    guard offset <= member.length, UInt64(size) <= member.length - offset else {
      throw ImageError(damaged: file.path, "a table that is shorter than it must be")
    }
    if let place = try place(of: member) { return try numbers.little(at: place + offset) }
    return try inflate(member).little(Int(offset))
  }

  /// The local header: name and extra field may have other lengths than in the directory.
  private func start(of member: ZipMember) throws(ImageError) -> UInt64 {
    guard member.offset < file.length,
      try numbers.little(at: member.offset, as: UInt32.self) == 0x0403_4B50
    else { throw damaged(member) }
    let name: UInt16 = try numbers.little(at: member.offset + 26)
    let extra: UInt16 = try numbers.little(at: member.offset + 28)
    let start = member.offset + 30 + UInt64(name) + UInt64(extra)
    guard start <= file.length, member.packedLength <= file.length - start else {
      throw damaged(member)
    }
    return start
  }

  private func inflate(_ member: ZipMember) throws(ImageError) -> [UInt8] {
    guard member.method == .deflated else {
      throw ImageError(unsupported: file.path, "it has encrypted or unusually compressed members")
    }
    guard member.length <= Self.maximumInflated, member.packedLength <= Self.maximumInflated else {
      throw ImageError(
        unsupported: file.path, "a member of \(member.length) bytes is deflated as a whole")
    }
    return try inflated.chunk(member) { () throws(ImageError) in
      let packed = try file.bytes(at: try start(of: member), count: Int(member.packedLength))
      return try Inflate.chunk(of: Int(member.length), in: file.path) { inflate, output in
        packed.withUnsafeBytes { inflate.raw($0, into: output) }
      }
    }
  }

  private func damaged(_ member: ZipMember) -> ImageError {
    ImageError(damaged: file.path, "no member begins at byte \(member.offset)")
  }
}
