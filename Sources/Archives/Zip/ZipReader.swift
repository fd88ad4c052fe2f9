import Bytes
import Evidence

/// Reads ZIP archives of the ordinary form in this process: their many small members cost little more than their bytes.
struct ZipReader: ~Copyable {
  private let decoder = DeflateDecoder()
  private let inflate = ZipInflate()
  private let output = UnsafeMutableRawBufferPointer.allocate(
    byteCount: ArchiveSignature.headSize, alignment: 16)

  deinit { output.deallocate() }

  /// Bytes of a member that are unpacked first: most are excluded by these. They show which archive a member is
  /// (``ArchiveSignature``), but for what is behind a program.
  static let beginning = 272
  /// Bytes of a member at most: no limit of memory is above it.
  private static let longest: UInt64 = 1 << 40
  /// Bytes that a stream takes at most for a number of bytes: the codes of a block, and 15 bits a byte.
  private static func packedLength(of count: Int) -> UInt64 { 512 + 2 * UInt64(count) }

  /// Lists the members, until `receive` returns false.
  borrowing func list(
    _ directory: ZipDirectory, in content: any OpenContent, within limits: ArchivePatience,
    excludes: (RawSpan, UInt64?) -> Bool, _ receive: (ListedMember) -> Bool
  ) throws(ItemProblem) {
    let bytes = ZipBytes(content)
    for (index, member) in directory.members.enumerated() {
      if index.isMultiple(of: 256) { try limits.check() }
      guard receive(try listed(member, UInt64(index), directory, bytes, excludes)) else { return }
    }
  }

  /// Unpacks members, until `receive` returns false.
  borrowing func unpack(
    _ members: [UInt64], upTo limit: UInt64, of directory: ZipDirectory,
    in content: any OpenContent, within limits: ArchivePatience,
    _ receive: (UInt64, [UInt8], ItemProblem?) -> Bool
  ) throws(ItemProblem) {
    let bytes = ZipBytes(content)
    for index in members {
      try limits.check()
      guard index < UInt64(directory.members.count) else { return }
      let (all, problem) = try unpacked(
        directory.members[Int(index)], upTo: limit, content, bytes)
      guard receive(index, all, problem) else { return }
    }
  }

  // MARK: Beginnings

  private borrowing func listed(
    _ member: ZipMember, _ index: UInt64, _ directory: ZipDirectory, _ bytes: ZipBytes,
    _ excludes: (RawSpan, UInt64?) -> Bool
  ) throws(ItemProblem) -> ListedMember {
    let name = Array(directory.bytes[member.name])
    var listed = ArchiveMember(
      index: index, kind: member.kind, name: name, size: member.size, head: [], isWhole: false,
      problem: nil)
    guard member.kind == .file else { return .member(listed) }
    if member.isEncrypted {
      listed.problem = ItemProblem(.encrypted, "it is encrypted in its archive")
      return .member(listed)
    }
    guard let start = try Self.start(of: member, bytes) else {
      listed.problem = .noHeader
      return .member(listed)
    }
    let (count, end) = try begin(member, at: start, Self.beginning, bytes)
    let beginning = UnsafeRawBufferPointer(rebasing: output[..<count])
    // What a program holds behind its sections, only its whole header tells.
    let isProgram = beginning.starts(with: [0x4D, 0x5A])
    if end != .damaged, !isProgram || end == .whole,
      excludes(RawSpan(_unsafeBytes: beginning), member.size)
    {
      return .excluded(index: index, name: name, size: member.size, read: UInt64(count))
    }
    try complete(&listed, member, at: start, bytes)
    guard listed.isWhole || end == .damaged || !excludes(listed.head.span.bytes, member.size) else {
      return .excluded(
        index: index, name: name, size: member.size, read: UInt64(listed.head.count))
    }
    return .member(listed)
  }

  /// Adds the first bytes, or all if they are few.
  private borrowing func complete(
    _ listed: inout ArchiveMember, _ member: ZipMember, at start: UInt64, _ bytes: ZipBytes
  ) throws(ItemProblem) {
    if member.size <= UInt64(ArchiveHelper.wholeLength),
      member.packedLength <= UInt64(ZipBytes.windowLength),
      let whole = try whole(member, at: start, bytes)
    {
      (listed.head, listed.isWhole) = (whole, true)
      return
    }
    let (count, end) = try begin(member, at: start, ArchiveSignature.headSize, bytes)
    listed.head = Array(output[..<count])
    // A member that is damaged is unpacked as far as it goes.
    listed.isWhole =
      end == .whole && UInt64(count) == member.size
      && ZipInflate.checksum(UnsafeRawBufferPointer(rebasing: output[..<count])) == member.checksum
  }

  /// Unpacks up to `length` bytes from the start of a member into ``output``.
  private borrowing func begin(
    _ member: ZipMember, at start: UInt64, _ length: Int, _ bytes: ZipBytes
  ) throws(ItemProblem) -> (count: Int, end: DeflateDecoder.End) {
    let target = UnsafeMutableRawBufferPointer(rebasing: output[..<length])
    let isStored = member.method == 0
    let wanted = min(
      member.packedLength, isStored ? UInt64(length) + 1 : Self.packedLength(of: length))
    return try bytes.withBytes(at: start, wanted) { packed in
      if isStored {
        target.copyMemory(from: UnsafeRawBufferPointer(rebasing: packed.prefix(length)))
        let end: DeflateDecoder.End =
          packed.count > length ? .cut : UInt64(packed.count) < wanted ? .damaged : .whole
        return (min(length, packed.count), end)
      }
      return decoder.decode(packed, into: target)
    }
  }

  // MARK: Whole members

  /// All of a short member; nil unless it is as the directory states.
  private borrowing func whole(_ member: ZipMember, at start: UInt64, _ bytes: ZipBytes)
    throws(ItemProblem) -> [UInt8]?
  {
    try bytes.withBytes(at: start, member.packedLength) { packed in
      guard UInt64(packed.count) == member.packedLength else { return nil }
      return decoded(packed, member)
    }
  }

  /// All of a member; nil unless it is as the directory states.
  private borrowing func decoded(_ packed: UnsafeRawBufferPointer, _ member: ZipMember) -> [UInt8]?
  {
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

  private borrowing func unpacked(
    _ member: ZipMember, upTo limit: UInt64, _ content: any OpenContent, _ bytes: ZipBytes
  ) throws(ItemProblem) -> ([UInt8], ItemProblem?) {
    guard !member.isEncrypted, let start = try Self.start(of: member, bytes) else {
      return ([], .noHeader)
    }
    // A stream is hardly longer than its content.
    let limit = min(limit, Self.longest)
    let there = content.facts.size - min(start, content.facts.size)
    let packed = try content.bytes(
      at: start, count: Int(min(member.packedLength, limit + limit / 512 + 1024, there)))
    let isThere = UInt64(packed.count) == member.packedLength
    if isThere, member.size <= limit,
      let all = packed.withUnsafeBytes({ decoded($0, member) })
    {
      return (all, nil)
    }
    return recovered(packed, member, upTo: limit, isThere: isThere)
  }

  /// All that can be unpacked of a member that is damaged, longer than the limit, or not as the directory states.
  private borrowing func recovered(
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

  /// Offset of the bytes of a member, behind its local header, whose name and extra field may differ in length from those in
  /// the directory; nil if there is none.
  private static func start(of member: ZipMember, _ bytes: ZipBytes) throws(ItemProblem) -> UInt64?
  {
    try bytes.withBytes(at: member.offset, 30) { header in
      guard header.count == 30, header.little(0, as: UInt32.self) == 0x0403_4B50,
        let name: UInt16 = header.little(26), let extra: UInt16 = header.little(28)
      else { return nil }
      return member.offset + 30 + UInt64(name) + UInt64(extra)
    }
  }
}

extension ItemProblem {
  fileprivate static let noHeader = ItemProblem(
    .unreadable, "damaged, or cut off: its archive has no header of it where the directory says")
  fileprivate static let otherBytes = ItemProblem(
    .unreadable, "damaged: its size or checksum is not that of the archive's directory")
  fileprivate static let cutOff = ItemProblem(
    .unreadable, "damaged, or cut off: only a part of it can be unpacked")
}

extension ArchivePatience {
  /// Throws if the archive takes too long, or nobody wants it any longer.
  func check() throws(ItemProblem) {
    if isCancelled() {
      throw ItemProblem(.interrupted, "the scan was interrupted before the item was complete")
    }
    guard ContinuousClock.now < deadline else {
      throw ItemProblem(.timedOut, "its members took too long; unpack it and scan them")
    }
  }
}
