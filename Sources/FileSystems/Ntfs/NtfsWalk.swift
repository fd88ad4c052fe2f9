import Bytes
import Containers
import Evidence

/// Lists the items of an NTFS volume from its master file table, reading every entry once, in
/// order. The Sleuth Kit reads directories instead, where the cost of a name grows with the
/// size of its directory.
final class NtfsWalk: FileSystemWalk {
  private let table: NtfsTable
  let visitor: any FileSystemVisitor
  var ignored: [IgnoredKind: UInt32] = [:]
  private var directories = NtfsDirectories()
  private var attributes = NtfsAttributes()

  init(_ table: NtfsTable, _ visitor: any FileSystemVisitor) {
    self.table = table
    self.visitor = visitor
  }

  /// The header of an entry (libfsntfs, MFT entry header).
  private struct Header {
    let number: UInt64
    let sequence: UInt16
    let isInUse: Bool
    let isDirectory: Bool
    /// Whether it continues another entry's file.
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
    try forEachFile { header throws(ImageError) in try visit(header) }
    if damaged > 0 {
      try visitor.report(
        ItemProblem(
          .unreadable,
          "\(damaged) entries of the master file table that are in use are damaged (first: "
            + "\(firstDamaged)): their files are lost"), at: "/$MFT")
    }
    try reportIgnored()
  }

  /// Number of entries that are in use and not understood.
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

  /// Names of the file whose entry was read: the long ones, a short one only if there is no
  /// other.
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

  private func visit(_ header: Header) throws(ImageError) {
    guard header.number != NtfsDirectories.root else {
      try streams(of: header, at: "/", .allocated, hasOtherPaths: false)
      return
    }
    let names = try names(of: header)
    if names.isEmpty {
      // Reserved entries of NTFS are in use without name or content.
      guard header.number >= 24 || !header.isInUse || hasContent else { return }
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

  private var hasContent: Bool {
    attributes.streams(of: NtfsAttribute.Kind.data).contains { $0.size > 0 }
  }

  private func count(_ header: Header) { if header.isDirectory { ignore(.directories) } }

  private func streams(
    of header: Header, at path: RawPath, _ state: AllocationState, hasOtherPaths: Bool
  ) throws(ImageError) {
    if attributes.isIncomplete {
      try lost(path, Standing(state), "part of the file's metadata cannot be read")
    }
    let streams = attributes.streams(of: NtfsAttribute.Kind.data)
    let reparsePoint = attributes.resident(NtfsAttribute.Kind.reparsePoint).flatMap(
      NtfsReparsePoint.init)
    for stream in streams {
      if stream.isList(of: header.number) {
        ignore(.namesWithoutContent)
      } else if stream.attribute.isEncrypted {
        try visitor.report(
          ItemProblem(.encrypted, "encrypted: the key is not in the image"), at: path)
      } else if !header.isDirectory, stream.isDefault,
        let problem = reparsePoint?.problem(isStored: stream.isStored)
      {
        try visitor.report(problem, at: path)
      } else if !header.isDirectory || !stream.isDefault || stream.size > 0 {
        try pass(stream, of: header, at: path, state, hasOtherPaths)
      }
    }
    // Some of NTFS's own files consist of an index, without data.
    let isIndex = attributes.all.contains { $0.attribute.type == NtfsAttribute.Kind.indexRoot }
    if streams.isEmpty, !header.isDirectory, !isIndex, !attributes.isIncomplete {
      try lost(path, Standing(state), "the content cannot be located: the entry has no data")
    }
  }

  private func pass(
    _ stream: NtfsStream, of header: Header, at path: RawPath, _ state: AllocationState,
    _ hasOtherPaths: Bool
  ) throws(ImageError) {
    guard stream.size <= UInt64(Int64.max) else {
      try lost(path, Standing(state), "the size is invalid: its metadata is damaged")
      return
    }
    let isPacked = stream.attribute.isCompressed && !stream.isResident
    var extents = isPacked ? nil : attributes.extents(of: stream, table)
    var size = stream.size
    if !isPacked, extents == nil {
      // The content as far as the runs reach is still scanned.
      let part = stream.runs.part(size: size, written: stream.written, table.geometry)
      guard let part, part.length > 0 else {
        return try lost(path, Standing(state), "its cluster runs are damaged")
      }
      if state == .allocated {
        try lost(
          path, Standing(state),
          "only \(part.length) of \(size) bytes are there: its cluster runs are damaged")
      }
      (extents, size) = (part.extents, part.length)
    }
    let hasList = attributes.all.contains {
      $0.attribute.type == NtfsAttribute.Kind.attributeList
    }
    let listed = hasList ? visitor.number(ofStream: stream.name, entry: header.number) : nil
    if isPacked, state == .allocated {
      try visitor.own(stream.runs.stored(table.geometry), as: .content)
    }
    try visitor.visit(
      FileEntry(
        path: path, stream: stream.shownName,
        address: StreamAddress(
          inode: header.number, type: NtfsAttribute.Kind.data,
          id: listed ?? stream.attribute.identifier),
        size: size, state: state, hasOtherPaths: hasOtherPaths, times: times,
        extents: extents,
        slack: stream.isResident || size < stream.size ? 0 : slack(of: stream),
        isInternal: header.number < NtfsDirectories.firstOrdinary))
  }

  /// Number of bytes in the rest of the last cluster.
  private func slack(of stream: NtfsStream) -> UInt64 {
    let inside = min(stream.size, stream.written) % table.geometry.clusterSize
    return inside == 0 ? 0 : table.geometry.clusterSize - inside
  }

  /// Times of creation, modification, change and access, in 100 ns units since 1601 (libfsntfs,
  /// standard information).
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
  /// Whether it is the stream that a path without a stream name denotes.
  fileprivate var isDefault: Bool { shownName == nil }

  /// Whether it has content, all of which is on the disk.
  fileprivate var isStored: Bool {
    size > 0 && (isResident || written >= size && runs.runs.allSatisfy { $0.cluster != nil })
  }

  /// Name of a stream other than the default one.
  fileprivate var shownName: RawPath? {
    let name = name.withUnsafeBytes { NtfsName.utf8($0) }
    return name.isEmpty || name == Array("$Data".utf8) ? nil : RawPath(name)
  }

  /// Whether it is $BadClus:$Bad: a hole as long as the volume, whose only runs are bad clusters.
  fileprivate func isList(of entry: UInt64) -> Bool { entry == 8 && !isResident && !isDefault }
}
