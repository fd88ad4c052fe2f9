import Bytes
import Evidence

/// Lists the items of an NTFS volume from its master file table: every entry is looked at once, in order. The
/// Sleuth Kit reads the directories instead, where a name costs the more the larger its directory is.
final class NtfsWalk {
  private let table: NtfsTable
  private let send: (HelperReply) throws(ImageError) -> Void
  /// TSK's number of a stream of a file with an attribute list, which it counts itself.
  private let identifier: (_ entry: UInt64, _ name: [UInt8]) -> UInt16?
  private var directories = NtfsDirectories()
  private var ignored: [IgnoredKind: UInt32] = [:]
  private var attributes = NtfsAttributes()

  init(
    _ table: NtfsTable, identifier: @escaping (_ entry: UInt64, _ name: [UInt8]) -> UInt16?,
    _ send: @escaping (HelperReply) throws(ImageError) -> Void
  ) {
    self.table = table
    self.identifier = identifier
    self.send = send
  }

  /// The header of an entry (libfsntfs, MFT entry header).
  private struct Header {
    let number: UInt64
    let sequence: UInt16
    let isInUse: Bool
    let isDirectory: Bool
    /// Whether it continues the entry of a file.
    let isFurther: Bool

    init?(_ number: UInt64, _ record: UnsafeRawBufferPointer) {
      guard let sequence: UInt16 = record.little(16), let flags: UInt16 = record.little(22),
        let base: UInt64 = record.little(32)
      else { return nil }
      self.number = number
      self.sequence = sequence
      isInUse = flags & 1 != 0
      isDirectory = flags & 2 != 0
      isFurther = base != 0
    }
  }

  func run() throws(ImageError) {
    try forEachFile { header throws(ImageError) in
      guard header.isDirectory, let name = try names(of: header).first else { return }
      directories.add(
        header.number, name: name, sequence: header.sequence, isInUse: header.isInUse)
    }
    damaged = 0
    try forEachFile { header throws(ImageError) in try take(header) }
    if damaged > 0 {
      try send(
        .problem(
          path: "/$MFT", .unreadable,
          message: "\(damaged) entries of the master file table are in use and damaged, number "
            + "\(firstDamaged) first: so many files are lost"))
    }
    for (kind, count) in ignored.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      try send(.ignored(kind, count: count))
    }
  }

  /// How many entries are in use and cannot be understood.
  private var damaged: UInt64 = 0
  private var firstDamaged: UInt64 = 0

  private func forEachFile(_ body: (Header) throws(ImageError) -> Void) throws(ImageError) {
    var record = [UInt8](repeating: 0, count: table.geometry.recordSize)
    for number in 0..<table.count {
      switch try table.read(number, into: &record) {
      case .empty: continue
      case .damaged where table.isInUse(number):
        if damaged == 0 { firstDamaged = number }
        damaged += 1
      case .damaged: continue
      case .whole:
        guard let header = record.withUnsafeBytes({ Header(number, $0) }), !header.isFurther else {
          continue
        }
        attributes.removeAll()
        attributes.add(record, entry: number)
        try body(header)
      }
    }
  }

  /// The names of the file whose entry was read: long ones, a short one only where there is no other.
  private func names(of header: Header) throws(ImageError) -> [NtfsName] {
    _ = try attributes.addListed(table, of: header.number)
    var names = [NtfsName]()
    for (record, attribute) in attributes.all where attribute.type == NtfsAttribute.Kind.fileName {
      guard case .resident(let range) = attribute.content else { continue }
      let name = attributes.withRecord(record) {
        NtfsName(UnsafeRawBufferPointer(rebasing: $0[range]))
      }
      if let name { names.append(name) }
    }
    let long = names.filter { !$0.isShort }
    return long.isEmpty ? names : long
  }

  private func take(_ header: Header) throws(ImageError) {
    guard header.number != NtfsDirectories.root else {
      try streams(of: header, at: "/", .allocated, hasOtherPaths: false)
      return
    }
    let names = try names(of: header)
    if names.isEmpty {
      // Entries that NTFS keeps for itself are in use and have no name.
      guard header.number >= 24 || !header.isInUse else { return }
      let path = NtfsDirectories.Place.orphans.path.appending(
        RawPath("OrphanFile-\(header.number)"))
      count(header)
      try streams(of: header, at: path, header.isInUse ? .allocated : .orphan, hasOtherPaths: false)
      return
    }
    for name in names {
      let place = directories.place(of: name.directory)
      let state: AllocationState =
        header.isInUse ? .allocated : place.isOrphan ? .orphan : .deleted
      count(header)
      try streams(
        of: header, at: place.path.appending(RawPath(name.name)), state,
        hasOtherPaths: names.count > 1)
    }
  }

  private func count(_ header: Header) { if header.isDirectory { ignore(.directories) } }

  private func streams(
    of header: Header, at path: RawPath, _ state: AllocationState, hasOtherPaths: Bool
  ) throws(ImageError) {
    if attributes.isIncomplete {
      try lost(path, state, "part of the file's metadata cannot be read")
    }
    let streams = attributes.streams(of: NtfsAttribute.Kind.data)
    let isFiltered = isCompressedByFilter
    for stream in streams {
      if stream.isList(of: header.number) {
        ignore(.namesWithoutContent)
      } else if stream.attribute.isEncrypted {
        try send(
          .problem(path: path, .encrypted, message: "encrypted: its key is not in the image"))
      } else if isFiltered, stream.isDefault {
        try send(
          .problem(
            path: path, .unsupported,
            message: "compressed by the Windows overlay filter, which is not read yet"))
      } else if !header.isDirectory || !stream.isDefault {
        try pass(stream, of: header, at: path, state, hasOtherPaths)
      }
    }
    // Some files of NTFS itself are an index and no data.
    let isIndex = attributes.all.contains { $0.attribute.type == NtfsAttribute.Kind.indexRoot }
    if streams.isEmpty, !header.isDirectory, !isIndex, !attributes.isIncomplete {
      try lost(path, state, "the content cannot be found: the entry has no data")
    }
  }

  /// Whether the content is kept compressed in a stream of its own: a reparse point with the tag of WOF
  /// ([MS-FSCC] 2.1.2.1, IO_REPARSE_TAG_WOF).
  private var isCompressedByFilter: Bool {
    guard let point = attributes.resident(NtfsAttribute.Kind.reparsePoint) else { return false }
    return point.withUnsafeBytes { $0.little(0, as: UInt32.self) } == 0x8000_0017
  }

  private func pass(
    _ stream: NtfsStream, of header: Header, at path: RawPath, _ state: AllocationState,
    _ hasOtherPaths: Bool
  ) throws(ImageError) {
    guard stream.size <= UInt64(Int64.max) else {
      try lost(path, state, "the size is impossible: its metadata is damaged")
      return
    }
    let isPacked = stream.attribute.isCompressed && !stream.isResident
    let extents = isPacked ? nil : attributes.extents(of: stream, table)
    guard isPacked || extents != nil else {
      try lost(path, state, "the runs of its clusters are damaged")
      return
    }
    let hasList = attributes.all.contains {
      $0.attribute.type == NtfsAttribute.Kind.attributeList
    }
    let listed = hasList ? identifier(header.number, stream.name) : nil
    try send(
      .item(
        ItemEntry(
          path: path, stream: stream.shownName,
          address: StreamAddress(
            volume: VolumeAddress(start: table.geometry.start), inode: header.number,
            type: NtfsAttribute.Kind.data, id: listed ?? stream.attribute.identifier),
          size: stream.size, state: state, hasOtherPaths: hasOtherPaths, times: times,
          extents: extents, slack: stream.isResident ? 0 : slack(of: stream))))
  }

  /// The rest of the last cluster.
  private func slack(of stream: NtfsStream) -> UInt64 {
    let inside = min(stream.size, stream.written) % table.geometry.clusterSize
    return inside == 0 ? 0 : table.geometry.clusterSize - inside
  }

  /// Accounts for content that cannot be had: of what is deleted that is ordinary, of what is not it is a
  /// failure, and the scan is not complete.
  private func lost(_ path: RawPath, _ state: AllocationState, _ message: String)
    throws(ImageError)
  {
    guard state == .allocated else {
      ignore(.namesWithoutContent)
      return
    }
    try send(.problem(path: path, .unreadable, message: message))
  }

  private func ignore(_ kind: IgnoredKind) { ignored[kind, default: 0] &+= 1 }

  /// Created, modified, changed and accessed, in hundreds of nanoseconds since 1601 (libfsntfs, standard
  /// information).
  private var times: FileTimes {
    guard let information = attributes.resident(NtfsAttribute.Kind.standardInformation) else {
      return FileTimes()
    }
    return information.withUnsafeBytes { bytes in
      func time(_ offset: Int) -> Timestamp? {
        guard let count: UInt64 = bytes.little(offset), count > 0 else { return nil }
        return Timestamp(
          seconds: Int64(count / 10_000_000) - 11_644_473_600,
          nanoseconds: UInt32(count % 10_000_000) * 100)
      }
      return FileTimes(modified: time(8), created: time(0), accessed: time(24), changed: time(16))
    }
  }
}

extension NtfsStream {
  /// The stream that a path means without naming one.
  fileprivate var isDefault: Bool { shownName == nil }

  /// The name of a stream that is not the default one.
  fileprivate var shownName: RawPath? {
    let name = name.withUnsafeBytes { NtfsName.utf8($0) }
    return name.isEmpty || name == Array("$Data".utf8) ? nil : RawPath(name)
  }

  /// $BadClus:$Bad: a hole as long as the volume, whose only runs are clusters that are bad.
  fileprivate func isList(of entry: UInt64) -> Bool { entry == 8 && !isResident && !isDefault }
}
