import Bytes
import Evidence

/// What the helper answers: any number of entries, then `done` or `failed`.
enum HelperReply {
  case volume(VolumeEntry)
  case containedVolume(ContainedVolume)
  /// The name of a file system.
  case fileSystem(String)
  /// An ``ItemEntry``, still encoded.
  case item([UInt8])
  /// Something in a directory that is no item: how many of which kind.
  case ignored(IgnoredKind, count: UInt32)
  /// A file or directory that could not be read, and why.
  case problem(path: RawPath, ItemProblem.Reason, message: String)
  case data([UInt8])
  /// Bytes of the image that are allocated to nothing.
  case free(Run)
  /// The end of an answer, and how many chunks of the container were decoded for it.
  case done(chunks: UInt64)
  case failed(String)

  /// The entry of an item.
  static func item(_ entry: ItemEntry) -> HelperReply {
    var writer = WireWriter()
    entry.write(to: &writer)
    return .item(writer.bytes)
  }

  var frame: Frame {
    var writer = WireWriter()
    switch self {
    case .volume(let volume):
      volume.write(to: &writer)
      return Frame(kind: 1, fields: writer.bytes)
    case .containedVolume(let volume):
      volume.write(to: &writer)
      return Frame(kind: 10, fields: writer.bytes)
    case .fileSystem(let name):
      writer.write(name)
      return Frame(kind: 8, fields: writer.bytes)
    case .item(let fields): return Frame(kind: 2, fields: fields)
    case .ignored(let kind, let count):
      writer.write(kind.rawValue)
      writer.write(count)
      return Frame(kind: 3, fields: writer.bytes)
    case .problem(let path, let reason, let message):
      writer.write(path.bytes)
      writer.write(reason.rawValue)
      writer.write(message)
      return Frame(kind: 4, fields: writer.bytes)
    case .data(let bytes): return Frame(kind: 5, fields: bytes)
    case .free(let run):
      writer.write(run.offset)
      writer.write(run.length)
      return Frame(kind: 9, fields: writer.bytes)
    case .done(let chunks):
      writer.write(chunks)
      return Frame(kind: 6, fields: writer.bytes)
    case .failed(let message):
      writer.write(message)
      return Frame(kind: 7, fields: writer.bytes)
    }
  }

  init(_ frame: Frame) throws(WireReader.Malformed) {
    var reader = WireReader(frame.fields)
    switch frame.kind {
    case 1: self = .volume(try VolumeEntry(&reader))
    case 2: self = .item(frame.fields)
    case 3:
      guard let kind = IgnoredKind(rawValue: try reader.text()) else {
        throw WireReader.Malformed()
      }
      self = .ignored(kind, count: try reader.number())
    case 4:
      let path = RawPath(try reader.data())
      guard let reason = ItemProblem.Reason(rawValue: try reader.text()) else {
        throw WireReader.Malformed()
      }
      self = .problem(path: path, reason, message: try reader.text())
    case 5: self = .data(frame.fields)
    case 6: self = .done(chunks: frame.fields.isEmpty ? 0 : try reader.number())
    case 7: self = .failed(try reader.text())
    case 8: self = .fileSystem(try reader.text())
    case 9: self = .free(Run(offset: try reader.number(), length: try reader.number()))
    case 10: self = .containedVolume(try ContainedVolume(&reader))
    default: throw WireReader.Malformed()
    }
  }
}

/// A volume as the partition table lists it.
struct VolumeEntry: Hashable, Sendable {
  /// The first byte in the image.
  let start: UInt64
  /// The length in bytes.
  let length: UInt64
  /// What the partition table calls it.
  let label: String

  init(start: UInt64, length: UInt64, label: String) {
    self.start = start
    self.length = length
    self.label = label
  }

  func write(to writer: inout WireWriter) {
    writer.write(start)
    writer.write(length)
    writer.write(label)
  }

  init(_ reader: inout WireReader) throws(WireReader.Malformed) {
    start = try reader.number()
    length = try reader.number()
    label = try reader.text()
  }
}

/// A volume as its APFS container lists it.
struct ContainedVolume: Hashable, Sendable {
  /// The block of its superblock.
  let block: UInt64
  let name: String
  let isEncrypted: Bool
  let snapshotCount: UInt64

  init(block: UInt64, name: String, isEncrypted: Bool, snapshotCount: UInt64) {
    self.block = block
    self.name = name
    self.isEncrypted = isEncrypted
    self.snapshotCount = snapshotCount
  }

  func write(to writer: inout WireWriter) {
    writer.write(block)
    writer.write(name)
    writer.write(UInt8(isEncrypted ? 1 : 0))
    writer.write(snapshotCount)
  }

  init(_ reader: inout WireReader) throws(WireReader.Malformed) {
    block = try reader.number()
    name = try reader.text()
    isEncrypted = try reader.number(UInt8.self) != 0
    snapshotCount = try reader.number()
  }
}

/// Part of a content: bytes of the image, or zeros that are stored nowhere.
struct Extent: Hashable, Sendable {
  /// The first byte in the image; nil for zeros.
  let offset: UInt64?
  /// The length in bytes.
  let length: UInt64
}

/// An item as the helper lists it.
struct ItemEntry: Hashable, Sendable {
  var path: RawPath
  /// The name of an alternate data stream; nil for the default one.
  var stream: RawPath?
  var address: StreamAddress
  var size: UInt64
  var state: AllocationState
  var hasOtherPaths: Bool
  var times: FileTimes
  /// The content as extents of the image, to its size; nil where only the helper can read it.
  var extents: [Extent]?
  /// Bytes between the end of the content and the end of its last cluster.
  var slack: UInt64 = 0

  /// The place on the medium to read it at: its first byte that lies in the image, 0 for one that has none.
  var rank: UInt64 { extents?.lazy.compactMap(\.offset).first ?? 0 }

  func write(to writer: inout WireWriter) {
    // First, so that a list can be put in order before its entries are understood.
    writer.write(rank)
    writer.write(path.bytes)
    writer.write(UInt8(stream == nil ? 0 : 1))
    writer.write(stream?.bytes ?? [])
    address.write(to: &writer)
    writer.write(size)
    writer.write(state.wireNumber)
    writer.write(UInt8(hasOtherPaths ? 1 : 0))
    writer.write(UInt8(times.areLocal ? 1 : 0))
    var before: Timestamp?
    for time in [times.modified, times.created, times.accessed, times.changed] {
      // Most files have fewer times than places for them, and millions of entries are kept.
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

  init(
    path: RawPath, stream: RawPath?, address: StreamAddress, size: UInt64, state: AllocationState,
    hasOtherPaths: Bool, times: FileTimes, extents: [Extent]?, slack: UInt64 = 0
  ) {
    self.slack = slack
    self.path = path
    self.stream = stream
    self.address = address
    self.size = size
    self.state = state
    self.hasOtherPaths = hasOtherPaths
    self.times = times
    self.extents = extents
  }

  init(_ reader: inout WireReader) throws(WireReader.Malformed) {
    _ = try reader.number(UInt64.self)
    path = RawPath(try reader.data())
    let hasStream = try reader.number(UInt8.self) != 0
    let name = RawPath(try reader.data())
    stream = hasStream ? name : nil
    address = try StreamAddress(&reader)
    size = try reader.number()
    guard let state = AllocationState(wireNumber: try reader.number()) else {
      throw WireReader.Malformed()
    }
    self.state = state
    hasOtherPaths = try reader.number(UInt8.self) != 0
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
    self.times = FileTimes(
      modified: times[0], created: times[1], accessed: times[2], changed: times[3],
      areLocal: areLocal)
    slack = try reader.number()
    let hasExtents = try reader.number(UInt8.self) != 0
    var extents = [Extent]()
    for _ in 0..<(try reader.number(UInt32.self)) {
      let isStored = try reader.number(UInt8.self) != 0
      let offset: UInt64 = try reader.number()
      extents.append(Extent(offset: isStored ? offset : nil, length: try reader.number()))
    }
    self.extents = hasExtents ? extents : nil
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
