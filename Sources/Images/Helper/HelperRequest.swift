import Bytes

/// What the parent asks of the helper. A frame is its length (32 bits), its kind (8 bits), its fields.
enum HelperRequest {
  /// Open the image in these files.
  case open([RawPath])
  /// List the volumes of the partition table, which counts in sectors of so many bytes; no file system is opened for
  /// that.
  case volumes(sectorSize: UInt32)
  /// Open the file system of the volume, and name it.
  case probe(VolumeAddress)
  /// List the volumes of the APFS container that starts at this byte.
  case containedVolumes(container: UInt64)
  /// List the items of the volume.
  case walk(VolumeAddress)
  /// List the bytes that the volume's file system, or its container, has allocated to nothing.
  case freeSpace(VolumeAddress)
  /// Read part of a stream.
  case read(StreamAddress, offset: UInt64, count: UInt32)

  var frame: Frame {
    var writer = WireWriter()
    switch self {
    case .open(let paths):
      writer.write(UInt32(clamping: paths.count))
      for path in paths { writer.write(path.bytes) }
      return Frame(kind: 1, fields: writer.bytes)
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
    case .read(let stream, let offset, let count):
      stream.write(to: &writer)
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
      let stream = try StreamAddress(&reader)
      self = .read(stream, offset: try reader.number(), count: try reader.number())
    case 5: self = .probe(try VolumeAddress(&reader))
    case 6: self = .freeSpace(try VolumeAddress(&reader))
    case 7: self = .containedVolumes(container: try reader.number())
    default: throw WireReader.Malformed()
    }
  }
}

/// Where a file system is: its bytes in the image, and which of the volumes of an APFS container, which share
/// their bytes.
struct VolumeAddress: Hashable, Sendable {
  /// The first byte of the volume, or of its container, in the image.
  let start: UInt64
  /// The block of the volume's superblock in its APFS container; 0, the container's own, for a file system
  /// that has its bytes for itself.
  let block: UInt64

  init(start: UInt64, block: UInt64 = 0) {
    self.start = start
    self.block = block
  }

  /// A number that no other volume of the image has.
  var identity: UInt64 { start &+ block &* 4096 }

  func write(to writer: inout WireWriter) {
    writer.write(start)
    writer.write(block)
  }

  init(_ reader: inout WireReader) throws(WireReader.Malformed) {
    start = try reader.number()
    block = try reader.number()
  }
}

/// A stream of a file system as TSK addresses it.
struct StreamAddress: Hashable, Sendable {
  let volume: VolumeAddress
  /// The number of the file's metadata (inode, MFT entry).
  let inode: UInt64
  /// The type of the attribute, TSK_FS_ATTR_TYPE_ENUM.
  let type: UInt32
  /// The number of the attribute.
  let id: UInt16

  init(volume: VolumeAddress, inode: UInt64, type: UInt32, id: UInt16) {
    self.volume = volume
    self.inode = inode
    self.type = type
    self.id = id
  }

  func write(to writer: inout WireWriter) {
    volume.write(to: &writer)
    writer.write(inode)
    writer.write(type)
    writer.write(id)
  }

  init(_ reader: inout WireReader) throws(WireReader.Malformed) {
    volume = try VolumeAddress(&reader)
    inode = try reader.number()
    type = try reader.number()
    id = try reader.number()
  }
}

/// A message on the pipe between parent and helper.
struct Frame {
  let kind: UInt8
  let fields: [UInt8]

  /// No frame is larger: what claims to be is a lie.
  static let maximumLength = 16 << 20

  /// Appends length, kind and fields as they go over the pipe.
  func append(to bytes: inout [UInt8]) {
    withUnsafeBytes(of: UInt32(fields.count + 1).littleEndian) { bytes.append(contentsOf: $0) }
    bytes.append(kind)
    bytes.append(contentsOf: fields)
  }
}
