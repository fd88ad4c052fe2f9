import Bytes
import Evidence
import FileSystems
import HelperProcesses
import Volumes

/// Replies of the helper: any number of entries, then `done` or `failed`.
enum HelperReply {
  case volume(VolumeEntry)
  case containedVolume(ContainedVolume)
  /// Name of a file system.
  case fileSystem(String)
  /// Encoded ``ListedItem``: it is stored in this form, and decoded once.
  case item([UInt8])
  /// Directory entries that are not items, with their kind and number.
  case ignored(IgnoredKind, count: UInt32)
  /// Unreadable file or directory, with the reason.
  case problem(path: RawPath, ItemProblem.Reason, message: String)
  case data([UInt8])
  /// Unallocated bytes of the image.
  case free(Run)
  /// Bytes of the image that are in no extent of an item.
  case owned(OwnedKind, [Run])
  /// Request for bytes of a medium that only the parent has; the reply continues behind it.
  case need(offset: UInt64, count: UInt32)
  /// Sign of progress without other content.
  case heartbeat
  /// Reason why no file system was opened.
  case refused(FileSystemRefusal)
  /// End of a reply, with the number of chunks decoded for it.
  case done(chunks: UInt64)
  case failed(String)

  /// Encodes the entry of an item.
  static func item(_ file: FileEntry, in volume: VolumeAddress) -> HelperReply {
    var writer = WireWriter()
    file.write(to: &writer, in: volume)
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
    case .owned(let kind, let runs):
      writer.write(kind.rawValue)
      writer.write(UInt32(clamping: runs.count))
      for run in runs {
        writer.write(run.offset)
        writer.write(run.length)
      }
      return Frame(kind: 13, fields: writer.bytes)
    case .need(let offset, let count):
      writer.write(offset)
      writer.write(count)
      return Frame(kind: 14, fields: writer.bytes)
    case .heartbeat: return Frame(kind: 11, fields: [])
    case .refused(let refusal):
      refusal.write(to: &writer)
      return Frame(kind: 12, fields: writer.bytes)
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
    case 11: self = .heartbeat
    case 12: self = .refused(try FileSystemRefusal(&reader))
    case 13:
      guard let kind = OwnedKind(rawValue: try reader.number()) else {
        throw WireReader.Malformed()
      }
      var runs = [Run]()
      for _ in 0..<(try reader.number(UInt32.self)) {
        runs.append(Run(offset: try reader.number(), length: try reader.number()))
      }
      self = .owned(kind, runs)
    case 14: self = .need(offset: try reader.number(), count: try reader.number())
    default: throw WireReader.Malformed()
    }
  }
}

extension VolumeEntry {
  fileprivate func write(to writer: inout WireWriter) {
    writer.write(start)
    writer.write(length)
    writer.write(label)
  }

  fileprivate init(_ reader: inout WireReader) throws(WireReader.Malformed) {
    self.init(
      start: try reader.number(), length: try reader.number(), label: try reader.text())
  }
}

extension ContainedVolume {
  fileprivate func write(to writer: inout WireWriter) {
    writer.write(block)
    writer.write(name)
    writer.write(UInt8(isEncrypted ? 1 : 0))
    writer.write(snapshotCount)
  }

  fileprivate init(_ reader: inout WireReader) throws(WireReader.Malformed) {
    self.init(
      block: try reader.number(), name: try reader.text(),
      isEncrypted: try reader.number(UInt8.self) != 0, snapshotCount: try reader.number())
  }
}

extension FileSystemRefusal {
  fileprivate func write(to writer: inout WireWriter) {
    switch self {
    case .unknown(let message):
      writer.write(UInt8(0))
      writer.write(message)
    case .ambiguous(let message):
      writer.write(UInt8(1))
      writer.write(message)
    case .unread(let format, let cause):
      writer.write(UInt8(2))
      writer.write(format)
      writer.write(cause)
    }
  }

  fileprivate init(_ reader: inout WireReader) throws(WireReader.Malformed) {
    switch try reader.number(UInt8.self) {
    case 0: self = .unknown(try reader.text())
    case 1: self = .ambiguous(try reader.text())
    case 2: self = .unread(format: try reader.text(), because: try reader.text())
    default: throw WireReader.Malformed()
    }
  }
}
