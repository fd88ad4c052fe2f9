import Bytes
import Evidence

/// Reads ZIP archives of the ordinary form in this process: their many small members cost little more than their bytes.
struct ZipReader: ~Copyable {
  private let decoder = DeflateDecoder()
  private let unpacker = ZipUnpacker()
  private let output = UnsafeMutableRawBufferPointer.allocate(
    byteCount: ArchiveSignature.headSize, alignment: 16)

  deinit { output.deallocate() }

  /// Bytes of a member that are unpacked first: most are excluded by these. They show which archive a member is
  /// (``ArchiveSignature``), but for what is behind a program.
  static let beginning = 272
  /// Bytes of a member that are offered before these: as many as the rules for files without a magic number look at.
  private static let offered = 72
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

  /// Unpacks members, until `receive` returns false. Small ones are unpacked together, so that a spare thread can help.
  borrowing func unpack(
    _ members: [UInt64], upTo limit: UInt64, of directory: ZipDirectory,
    in content: any OpenContent, within limits: ArchivePatience,
    _ receive: (UInt64, [UInt8], ItemProblem?) -> Bool
  ) throws(ItemProblem) {
    let bytes = ZipBytes(content)
    var rest = members.prefix { $0 < UInt64(directory.members.count) }
    while !rest.isEmpty {
      try limits.check()
      let ranks = Self.batch(rest, directory, upTo: limit)
      rest = rest.dropFirst(ranks.count)
      var packed: [PackedMember?] = []
      var problem: ItemProblem?
      do throws(ItemProblem) {
        for rank in ranks {
          packed.append(
            try unpacker.read(directory.members[Int(rank)], upTo: limit, content, bytes))
        }
      } catch {
        problem = error
      }
      let isWanted = ZipBatch(packed, upTo: limit).unpack(unpacker, limits.spare) {
        receive(ranks[ranks.startIndex + $0], $1, $2)
      }
      guard isWanted else { return }
      if let problem { throw problem }
    }
  }

  /// Bytes that the members of a batch have at most, unless it is one alone.
  private static let batchSize: UInt64 = 64 << 20
  private static let batchCount = 64

  /// The first members that are in memory at the same time.
  private static func batch(
    _ members: ArraySlice<UInt64>, _ directory: ZipDirectory, upTo limit: UInt64
  ) -> ArraySlice<UInt64> {
    var left = min(batchSize, limit)
    let small = members.prefix(batchCount).prefix { rank in
      let member = directory.members[Int(rank)]
      let need = max(member.size, member.packedLength)
      guard need <= left else { return false }
      left -= need
      return true
    }
    return small.isEmpty ? members.prefix(1) : small
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
    var isExcluded = false
    let (count, end) = try begin(member, at: start, Self.beginning, bytes) { first in
      isExcluded = excludes(RawSpan(_unsafeBytes: first), member.size)
      return isExcluded
    }
    if isExcluded {
      return .excluded(index: index, name: name, size: member.size, read: UInt64(count))
    }
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
      let whole = try unpacker.whole(member, at: start, bytes)
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

  /// Unpacks up to `length` bytes from the start of a member into ``output``; fewer if `isEnough` says so of the first
  /// ones.
  private borrowing func begin(
    _ member: ZipMember, at start: UInt64, _ length: Int, _ bytes: ZipBytes,
    isEnough: (UnsafeRawBufferPointer) -> Bool = { _ in false }
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
      return decoder.decode(packed, into: target, offering: Self.offered, isEnough: isEnough)
    }
  }

  /// Offset of the bytes of a member, behind its local header, whose name and extra field may differ in length from those in
  /// the directory; nil if there is none.
  static func start(of member: ZipMember, _ bytes: ZipBytes) throws(ItemProblem) -> UInt64? {
    try bytes.withBytes(at: member.offset, 30) { header in
      guard header.count == 30, header.little(0, as: UInt32.self) == 0x0403_4B50,
        let name: UInt16 = header.little(26), let extra: UInt16 = header.little(28)
      else { return nil }
      return member.offset + 30 + UInt64(name) + UInt64(extra)
    }
  }
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
