import Bytes
import Evidence
import FileSystems
import HelperProcesses
import Volumes

/// A decoded item of a listing: a file, and its volume according to the helper.
struct ListedItem {
  let volume: VolumeAddress
  let file: FileEntry

  /// Decodes the fields of ``HelperReply/item(_:)``.
  init(_ fields: [UInt8]) throws(WireReader.Malformed) {
    var reader = WireReader(fields)
    _ = try reader.number(UInt64.self)
    let path = RawPath(try reader.data())
    let hasStream = try reader.number(UInt8.self) != 0
    let name = RawPath(try reader.data())
    volume = try VolumeAddress(&reader)
    let address = StreamAddress(
      inode: try reader.number(), type: try reader.number(), id: try reader.number())
    let size: UInt64 = try reader.number()
    guard let state = AllocationState(wireNumber: try reader.number()) else {
      throw WireReader.Malformed()
    }
    let flags: UInt8 = try reader.number()
    let areLocal = try reader.number(UInt8.self) != 0
    var times = [Timestamp?]()
    for _ in 0..<4 {
      let kind: UInt8 = try reader.number()
      if kind == 2 {
        guard let before = times.last, before != nil else { throw WireReader.Malformed() }
        times.append(before)
        continue
      }
      let seconds = try reader.signedNumber()
      let nanoseconds: UInt32 = try reader.number()
      times.append(kind != 0 ? Timestamp(seconds: seconds, nanoseconds: nanoseconds) : nil)
    }
    let allTimes = FileTimes(
      modified: times[0], created: times[1], accessed: times[2], changed: times[3],
      areLocal: areLocal)
    let slack: UInt64 = try reader.number()
    let hasExtents = try reader.number(UInt8.self) != 0
    var extents = [Extent]()
    for _ in 0..<(try reader.number(UInt32.self)) {
      let isStored = try reader.number(UInt8.self) != 0
      let offset: UInt64 = try reader.number()
      extents.append(Extent(offset: isStored ? offset : nil, length: try reader.number()))
    }
    file = FileEntry(
      path: path, stream: hasStream ? name : nil, address: address, size: size, state: state,
      hasOtherPaths: flags & 1 != 0, times: allTimes, extents: hasExtents ? extents : nil,
      slack: slack, isInternal: flags & 2 != 0)
  }
}

extension FileEntry {
  /// Encodes the file and its volume for the parent.
  func write(to writer: inout WireWriter, in volume: VolumeAddress) {
    // First, so that a list can be sorted without decoding its entries.
    writer.write(rank)
    writer.write(path.bytes)
    writer.write(UInt8(stream == nil ? 0 : 1))
    writer.write(stream?.bytes ?? [])
    volume.write(to: &writer)
    writer.write(address.inode)
    writer.write(address.type)
    writer.write(address.id)
    writer.write(size)
    writer.write(state.wireNumber)
    writer.write(UInt8((hasOtherPaths ? 1 : 0) | (isInternal ? 2 : 0)))
    writer.write(UInt8(times.areLocal ? 1 : 0))
    var before: Timestamp?
    for time in [times.modified, times.created, times.accessed, times.changed] {
      // Many files have equal times, and millions of entries are kept.
      if let time, time == before {
        writer.write(UInt8(2))
        continue
      }
      writer.write(UInt8(time == nil ? 0 : 1))
      writer.write(time?.seconds ?? 0)
      writer.write(time?.nanoseconds ?? 0)
      before = time
    }
    writer.write(slack)
    writer.write(UInt8(extents == nil ? 0 : 1))
    writer.write(UInt32(clamping: extents?.count ?? 0))
    for extent in extents ?? [] {
      writer.write(UInt8(extent.offset == nil ? 0 : 1))
      writer.write(extent.offset ?? 0)
      writer.write(extent.length)
    }
  }
}

extension ItemLayout {
  /// Reads the layout of an encoded item; impossible ranges are omitted.
  init(_ entry: [UInt8]) throws(WireReader.Malformed) {
    var reader = WireReader(entry)
    // Skip the rank, then path and stream.
    try reader.skipNumbers(1)
    try reader.skipData()
    try reader.skipNumbers(1)
    try reader.skipData()
    // Volume and address have five numbers; the size follows.
    try reader.skipNumbers(6)
    guard let state = AllocationState(wireNumber: try reader.number()) else {
      throw WireReader.Malformed()
    }
    self.state = state
    isInternal = try reader.number(UInt8.self) & 2 != 0
    try reader.skipNumbers(1)
    for _ in 0..<4 where try reader.number(UInt8.self) != 2 { try reader.skipNumbers(2) }
    slack = try reader.number()
    guard try reader.number(UInt8.self) != 0 else { return }
    for _ in 0..<(try reader.number(UInt32.self)) {
      let isStored = try reader.number(UInt8.self) != 0
      let offset: UInt64 = try reader.number()
      let length: UInt64 = try reader.number()
      let (end, overflow) = offset.addingReportingOverflow(length)
      guard isStored, !overflow else {
        isDense = false
        continue
      }
      if length > 0 { stored.append(offset..<end) }
    }
  }
}

extension AllocationState {
  private static let all: [AllocationState] = [.allocated, .deleted, .orphan, .slack, .carved]

  fileprivate var wireNumber: UInt8 { UInt8(Self.all.firstIndex(of: self) ?? 0) }

  fileprivate init?(wireNumber: UInt8) {
    guard Int(wireNumber) < Self.all.count else { return nil }
    self = Self.all[Int(wireNumber)]
  }
}
