import Bytes

/// What the parent asks of the helper. A frame is its length (32 bits), its kind (8 bits), its fields.
enum HelperRequest {
  /// Open the image in these files.
  case open([RawPath])
  /// List the volumes of the partition table; no file system is opened for that.
  case volumes
  /// Open the file system of the volume that starts at this byte, and name it.
  case probe(volume: UInt64)
  /// List the items of the volume that starts at this byte.
  case walk(volume: UInt64)
  /// List the bytes that the volume's file system has allocated to nothing.
  case freeSpace(volume: UInt64)
  /// Read part of a stream.
  case read(StreamAddress, offset: UInt64, count: UInt32)

  var frame: Frame {
    var writer = WireWriter()
    switch self {
    case .open(let paths):
      writer.write(UInt32(clamping: paths.count))
      for path in paths { writer.write(path.bytes) }
      return Frame(kind: 1, fields: writer.bytes)
    case .volumes: return Frame(kind: 2, fields: [])
    case .walk(let volume):
      writer.write(volume)
      return Frame(kind: 3, fields: writer.bytes)
    case .probe(let volume):
      writer.write(volume)
      return Frame(kind: 5, fields: writer.bytes)
    case .freeSpace(let volume):
      writer.write(volume)
      return Frame(kind: 6, fields: writer.bytes)
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
    case 2: self = .volumes
    case 3: self = .walk(volume: try reader.number())
    case 4:
      let stream = try StreamAddress(&reader)
      self = .read(stream, offset: try reader.number(), count: try reader.number())
    case 5: self = .probe(volume: try reader.number())
    case 6: self = .freeSpace(volume: try reader.number())
    default: throw WireReader.Malformed()
    }
  }
}

/// A stream of a file system as TSK addresses it.
struct StreamAddress: Hashable, Sendable {
  /// The first byte of the volume in the image.
  let volume: UInt64
  /// The number of the file's metadata (inode, MFT entry).
  let inode: UInt64
  /// The type of the attribute, TSK_FS_ATTR_TYPE_ENUM.
  let type: UInt32
  /// The number of the attribute.
  let id: UInt16

  init(volume: UInt64, inode: UInt64, type: UInt32, id: UInt16) {
    self.volume = volume
    self.inode = inode
    self.type = type
    self.id = id
  }

  func write(to writer: inout WireWriter) {
    writer.write(volume)
    writer.write(inode)
    writer.write(type)
    writer.write(id)
  }

  init(_ reader: inout WireReader) throws(WireReader.Malformed) {
    volume = try reader.number()
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
