import Bytes
import FileSystems
import HelperProcesses
import Volumes

/// Requests of the parent to the helper. A frame is its length (32 bits), its kind (8 bits) and
/// its fields.
enum HelperRequest {
  /// Open the image in these files.
  case open([RawPath])
  /// Read the medium of this size in bytes by asking for it: ``HelperReply/need(offset:count:)``.
  case attach(size: UInt64)
  /// The requested bytes; fewer only at the end of the medium.
  case supply([UInt8])
  /// Reason why the requested bytes cannot be read.
  case refuse(String)
  /// Use these bytes in place of those of the image from now on.
  case patch([MediumPatch])
  /// List the volumes of the partition table, with this sector size in bytes; does not open a
  /// file system.
  case volumes(sectorSize: UInt32)
  /// Open the file system of the volume, and return its name.
  case probe(VolumeAddress)
  /// List the volumes of the APFS container that starts at this byte.
  case containedVolumes(container: UInt64)
  /// List the items of the volume.
  case walk(VolumeAddress)
  /// List the unallocated bytes of the volume's file system, or of its container.
  case freeSpace(VolumeAddress)
  /// Read part of a stream.
  case read(StreamAddress, of: VolumeAddress, offset: UInt64, count: UInt32)

  var frame: Frame {
    var writer = WireWriter()
    switch self {
    case .open(let paths):
      writer.write(UInt32(clamping: paths.count))
      for path in paths { writer.write(path.bytes) }
      return Frame(kind: 1, fields: writer.bytes)
    case .attach(let size):
      writer.write(size)
      return Frame(kind: 9, fields: writer.bytes)
    case .supply(let bytes): return Frame(kind: 10, fields: bytes)
    case .refuse(let message):
      writer.write(message)
      return Frame(kind: 11, fields: writer.bytes)
    case .patch(let patches):
      writer.write(UInt32(clamping: patches.count))
      for patch in patches {
        writer.write(patch.offset)
        writer.write(patch.bytes)
      }
      return Frame(kind: 8, fields: writer.bytes)
    case .volumes(let sectorSize):
      writer.write(sectorSize)
      return Frame(kind: 2, fields: writer.bytes)
    case .walk(let volume):
      volume.write(to: &writer)
      return Frame(kind: 3, fields: writer.bytes)
    case .probe(let volume):
      volume.write(to: &writer)
      return Frame(kind: 5, fields: writer.bytes)
    case .freeSpace(let volume):
      volume.write(to: &writer)
      return Frame(kind: 6, fields: writer.bytes)
    case .containedVolumes(let container):
      writer.write(container)
      return Frame(kind: 7, fields: writer.bytes)
    case .read(let stream, let volume, let offset, let count):
      volume.write(to: &writer)
      writer.write(stream.inode)
      writer.write(stream.type)
      writer.write(stream.id)
      writer.write(offset)
      writer.write(count)
      return Frame(kind: 4, fields: writer.bytes)
    }
  }

  init(_ frame: Frame) throws(WireReader.Malformed) {
    var reader = WireReader(frame.fields)
    switch frame.kind {
    case 1:
      var paths = [RawPath]()
      for _ in 0..<(try reader.number(UInt32.self)) { paths.append(RawPath(try reader.data())) }
      self = .open(paths)
    case 2: self = .volumes(sectorSize: try reader.number())
    case 3: self = .walk(try VolumeAddress(&reader))
    case 4:
      let volume = try VolumeAddress(&reader)
      let stream = StreamAddress(
        inode: try reader.number(), type: try reader.number(), id: try reader.number())
      self = .read(
        stream, of: volume, offset: try reader.number(), count: try reader.number())
    case 5: self = .probe(try VolumeAddress(&reader))
    case 6: self = .freeSpace(try VolumeAddress(&reader))
    case 7: self = .containedVolumes(container: try reader.number())
    case 8:
      var patches = [MediumPatch]()
      for _ in 0..<(try reader.number(UInt32.self)) {
        patches.append(MediumPatch(offset: try reader.number(), bytes: try reader.data()))
      }
      self = .patch(patches)
    case 9: self = .attach(size: try reader.number())
    case 10: self = .supply(frame.fields)
    case 11: self = .refuse(try reader.text())
    default: throw WireReader.Malformed()
    }
  }
}

extension VolumeAddress {
  func write(to writer: inout WireWriter) {
    writer.write(start)
    writer.write(block)
  }

  init(_ reader: inout WireReader) throws(WireReader.Malformed) {
    self.init(start: try reader.number(), block: try reader.number())
  }
}
