import Bytes
import Evidence

/// A Zip archive (PKWARE, APPNOTE.TXT 6.3) as image containers use it: members by name, stored
/// or deflated. Only the central directory lists members.
final class ZipArchive: Sendable {
  let file: ImageFile
  /// Members by name; the last one of a name counts, since archives are appended to.
  let members: [String: ZipMember]
  /// Members inflated as a whole. In a damaged directory, two may begin at the same offset.
  private let inflated = ChunkCache<ZipMember>(capacity: 64 << 20, shards: 1)
  private let numbers: TableReader

  /// Limit of members: a medium of 32 TB has half a million bevies of 64 MiB, each with an index.
  private static let maximumMembers = 1 << 20
  private static let maximumDirectory: UInt64 = 128 << 20
  /// Largest deflated member in bytes: members are inflated into memory as a whole.
  private static let maximumInflated: UInt64 = 64 << 20

  init(_ file: ImageFile) throws(ImageError) {
    self.file = file
    numbers = TableReader(file)
    let directory = try ZipDirectory(file)
    guard directory.length <= Self.maximumDirectory else {
      throw ImageError(damaged: file.path, "invalid Zip directory of \(directory.length) bytes")
    }
    let bytes = try file.bytes(at: directory.offset, count: Int(directory.length))
    var members = [String: ZipMember]()
    var position = 0
    while position < bytes.count {
      guard members.count < Self.maximumMembers,
        let (name, member, length) = ZipMember.entry(bytes, at: position)
      else {
        throw ImageError(
          damaged: file.path, "entry \(members.count) of the Zip directory is invalid")
      }
      members[name] = member
      position += length
    }
    self.members = members
  }

  /// Offset of a stored member's bytes in the file; nil if it is compressed.
  func place(of member: ZipMember) throws(ImageError) -> UInt64? {
    guard member.method == .stored else { return nil }
    guard member.length == member.packedLength else { throw damaged(member) }
    return try start(of: member)
  }

  /// Reads `count` bytes of a member, which must contain them.
  func bytes(of member: ZipMember, at offset: UInt64, count: Int) throws(ImageError) -> [UInt8] {
    guard offset <= member.length, UInt64(count) <= member.length - offset else {
      throw ImageError(damaged: file.path, "a Zip member is too short")
    }
    if let place = try place(of: member) {
      return try file.bytes(at: place + offset, count: count)
    }
    let whole = try inflate(member)
    return Array(whole[Int(offset)..<(Int(offset) + count)])
  }

  /// Reads a little-endian number in a member, through a cache.
  func little<Number: FixedWidthInteger & Sendable>(of member: ZipMember, at offset: UInt64)
    throws(ImageError) -> Number
  {
    let size = MemoryLayout<Number>.size
    guard offset <= member.length, UInt64(size) <= member.length - offset else {
      throw ImageError(damaged: file.path, "a table is too short")
    }
    if let place = try place(of: member) { return try numbers.little(at: place + offset) }
    return try inflate(member).little(Int(offset))
  }

  /// Start of a member's data, from its local header, whose name and extra field may differ in
  /// length from those in the directory.
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
      throw ImageError(unsupported: file.path, "encrypted Zip members, or unusual compression")
    }
    guard member.length <= Self.maximumInflated, member.packedLength <= Self.maximumInflated else {
      throw ImageError(
        unsupported: file.path, "a Zip member of \(member.length) bytes, deflated as a whole")
    }
    return try inflated.chunk(member) { () throws(ImageError) in
      let packed = try file.bytes(at: try start(of: member), count: Int(member.packedLength))
      return try DecodedChunk.bytes(Int(member.length), in: file.path) { output in
        packed.withUnsafeBytes { Inflate().raw($0, into: output) }
      }
    }
  }

  private func damaged(_ member: ZipMember) -> ImageError {
    ImageError(damaged: file.path, "no Zip member at byte \(member.offset)")
  }
}
