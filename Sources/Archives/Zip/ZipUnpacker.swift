import Bytes
import Evidence

/// A member as its bytes are in an archive.
struct PackedMember: Sendable {
  let member: ZipMember
  /// The bytes, fewer than the directory states if there are not more, or more than the limit.
  let bytes: [UInt8]

  fileprivate var isThere: Bool { UInt64(bytes.count) == member.packedLength }

  /// Whether the bytes of a stored member are those that the directory states.
  fileprivate var isSound: Bool {
    UInt64(bytes.count) == member.size
      && bytes.withUnsafeBytes { ZipInflate.checksum($0) } == member.checksum
  }
}

/// Unpacks whole members. One thread at a time.
final class ZipUnpacker {
  private let decoder = DeflateDecoder()
  private let inflate = ZipInflate()

  /// Bytes of a member at most: no limit of memory is above it.
  private static let longest: UInt64 = 1 << 40

  /// All of a short member; nil unless it is as the directory states.
  func whole(_ member: ZipMember, at start: UInt64, _ bytes: ZipBytes)
    throws(ItemProblem) -> [UInt8]?
  {
    try bytes.withBytes(at: start, member.packedLength) { packed in
      guard UInt64(packed.count) == member.packedLength else { return nil }
      return decoded(packed, member)
    }
  }

  /// All of a member; nil unless it is as the directory states.
  private func decoded(_ packed: UnsafeRawBufferPointer, _ member: ZipMember) -> [UInt8]? {
    if member.method == 0 {
      guard UInt64(packed.count) == member.size, ZipInflate.checksum(packed) == member.checksum
      else { return nil }
      return Array(packed)
    }
    var isSound = false
    let size = Int(member.size)
    let all = [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
      let buffer = UnsafeMutableRawBufferPointer(
        rebasing: UnsafeMutableRawBufferPointer(buffer)[..<size])
      isSound =
        inflate.decode(packed, into: buffer)
        && ZipInflate.checksum(UnsafeRawBufferPointer(buffer)) == member.checksum
      filled = isSound ? size : 0
    }
    return isSound ? all : nil
  }

  /// Reads a member, as far as `limit` unpacked bytes may need it; nil if it has no header.
  func read(
    _ member: ZipMember, upTo limit: UInt64, _ content: any OpenContent, _ bytes: ZipBytes
  ) throws(ItemProblem) -> PackedMember? {
    guard !member.isEncrypted, let start = try ZipReader.start(of: member, bytes) else {
      return nil
    }
    // A stream is hardly longer than its content.
    let limit = min(limit, Self.longest)
    let there = content.facts.size - min(start, content.facts.size)
    let packed = try content.bytes(
      at: start, count: Int(min(member.packedLength, limit + limit / 512 + 1024, there)))
    return PackedMember(member: member, bytes: packed)
  }

  /// All of a member; nil unless it is as the directory states, and no longer than the limit.
  func whole(_ packed: PackedMember, upTo limit: UInt64) -> [UInt8]? {
    guard packed.isThere, packed.member.size <= min(limit, Self.longest) else { return nil }
    if packed.member.method == 0 { return packed.isSound ? packed.bytes : nil }
    return packed.bytes.withUnsafeBytes { decoded($0, packed.member) }
  }

  /// As much as there is, up to a limit in bytes, of a member that is damaged, longer than the limit, or not as the
  /// directory states, and why it is not all.
  func recover(_ packed: PackedMember, upTo limit: UInt64) -> ([UInt8], ItemProblem?) {
    recovered(
      packed.bytes, packed.member, upTo: min(limit, Self.longest), isThere: packed.isThere)
  }

  private func recovered(
    _ packed: [UInt8], _ member: ZipMember, upTo limit: UInt64, isThere: Bool
  ) -> ([UInt8], ItemProblem?) {
    let tooLarge = ItemProblem(
      .tooLarge, "it has more than \(limit) bytes, the memory left for it; raise it (--memory)")
    if member.method == 0 {
      if UInt64(packed.count) > limit { return (Array(packed.prefix(Int(limit))), tooLarge) }
      return (packed, isThere ? .otherBytes : .cutOff)
    }
    var end = DeflateDecoder.End.damaged
    // Output grows with what there is: the size is a claim.
    var all = [UInt8]()
    var room = min(limit, max(1 << 16, UInt64(packed.count) * 4))
    while true {
      all = [UInt8](unsafeUninitializedCapacity: Int(room)) { buffer, filled in
        packed.withUnsafeBytes { packed in
          (filled, end) = decoder.decode(
            packed,
            into: UnsafeMutableRawBufferPointer(
              UnsafeMutableBufferPointer(rebasing: buffer[..<Int(room)])))
        }
      }
      guard end == .cut, room < limit else { break }
      room = min(limit, room * 4)
    }
    switch end {
    case .whole: return (all, .otherBytes)
    case .cut: return (all, tooLarge)
    case .damaged: return (all, .cutOff)
    }
  }
}

extension ItemProblem {
  static let noHeader = ItemProblem(
    .unreadable, "damaged, or cut off: its archive has no header of it where the directory says")
  static let otherBytes = ItemProblem(
    .unreadable, "damaged: its size or checksum is not that of the archive's directory")
  static let cutOff = ItemProblem(
    .unreadable, "damaged, or cut off: only a part of it can be unpacked")
}
