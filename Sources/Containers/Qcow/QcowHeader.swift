import Bytes
import Evidence

/// The header of a QCOW image, version 1 (qemu, block/qcow.c), 2 or 3 (qemu, docs/interop/qcow2.txt).
struct QcowHeader {
  let version: UInt32
  /// Size of the medium in bytes.
  let size: UInt64
  /// Size of a cluster in bytes, and number of entries in a level 2 table, as powers of two.
  let clusterBits: UInt32
  let tableBits: UInt32
  /// Offset of the level 1 table in the file.
  let tableOffset: UInt64
  /// Whether each level 2 entry is followed by a bitmap of 32 parts of its cluster.
  let hasSubclusters: Bool
  let hasDataFile: Bool
  /// Whether compressed clusters are Zstandard frames instead of Deflate streams.
  let isZstandard: Bool
  /// Name of the backing file; nil if there is none.
  let backing: [UInt8]?
  /// Format of the backing file according to the header; nil if not given.
  let backingFormat: [UInt8]?
  let dataFile: [UInt8]?
  /// Number of saved states of the disk, which are not part of the current medium.
  let snapshots: UInt32

  /// Size of a level 2 entry in bytes.
  var entrySize: UInt64 { hasSubclusters ? 16 : 8 }

  init(_ file: ImageFile) throws(ImageError) {
    let head = try file.bytes(at: 0, count: 48)
    version = head.big(4)
    switch version {
    case 1:
      size = head.big(24)
      clusterBits = UInt32(head[32])
      tableBits = UInt32(head[33])
      try Self.check(encryption: head.big(36), of: file)
      tableOffset = head.big(40)
      backing = try Self.name(at: head.big(8), length: head.big(16), in: file)
      (hasSubclusters, hasDataFile, backingFormat, dataFile, snapshots) = (
        false, false, nil, nil, 0
      )
      isZstandard = false
    case 2, 3:
      let head = try file.bytes(at: 0, count: version == 2 ? 72 : 104)
      size = head.big(24)
      clusterBits = head.big(20)
      try Self.check(encryption: head.big(32), of: file)
      tableOffset = head.big(40)
      backing = try Self.name(at: head.big(8), length: head.big(16), in: file)
      snapshots = head.big(60)
      let features: UInt64 = version == 3 ? head.big(72) : 0
      try Self.check(features: features, of: file)
      hasDataFile = features & 4 != 0
      hasSubclusters = features & 16 != 0
      tableBits = clusterBits &- (hasSubclusters ? 4 : 3)
      let end: UInt32 = version == 3 ? head.big(100) : 72
      isZstandard = try Self.isZstandard(features, file)
      let extensions = try Self.extensions(of: file, from: UInt64(end))
      backingFormat = extensions[0xE279_2ACA]
      dataFile = extensions[0x4441_5441]
    default: throw ImageError(unsupported: file.path, "QCOW version \(version)")
    }
    try check(file)
  }

  private func check(_ file: ImageFile) throws(ImageError) {
    let bits = version == 1 ? UInt32(9)...16 : 9...21
    guard bits.contains(clusterBits), !hasSubclusters || clusterBits >= 14,
      version != 1 || (6...13).contains(tableBits)
    else {
      throw ImageError(damaged: file.path, "invalid cluster size of 2^\(clusterBits) bytes")
    }
    guard size <= UInt64(Int64.max) else {
      throw ImageError(damaged: file.path, "invalid medium size of \(size) bytes")
    }
    let needed = size.blocks(of: 1 << (clusterBits + tableBits))
    guard tableOffset <= file.length, needed <= (file.length - tableOffset) / 8 else {
      throw ImageError(damaged: file.path, "the level 1 table is beyond the end of the file")
    }
    if version > 1 {
      guard tableOffset % (1 << clusterBits) == 0 else {
        throw ImageError(damaged: file.path, "the level 1 table is not aligned to a cluster")
      }
      let entries: UInt32 = try file.bytes(at: 36, count: 4).big(0)
      guard UInt64(entries) >= needed else {
        throw ImageError(damaged: file.path, "the level 1 table is too short for the medium")
      }
    }
  }

  private static func check(encryption method: UInt32, of file: ImageFile) throws(ImageError) {
    guard method == 0 else {
      throw ImageError(
        "\(file.path.shown): encrypted QCOW image; decrypt it with qemu-img convert", .encrypted)
    }
  }

  /// Checks feature bits: 0 dirty and 1 corrupt matter only to writers; 2 external data file, 3
  /// compression type, 4 extended level 2 entries.
  private static func check(features: UInt64, of file: ImageFile) throws(ImageError) {
    guard features & ~0b11111 == 0 else {
      throw ImageError(
        unsupported: file.path,
        "QCOW2 with unknown features (0x\(String(features & ~0b11111, radix: 16)))")
    }
  }

  /// Whether compression is Zstandard. Bit 3 means that byte 104 is the method: 0 Deflate, 1
  /// Zstandard.
  private static func isZstandard(_ features: UInt64, _ file: ImageFile) throws(ImageError) -> Bool
  {
    guard features & 8 != 0 else { return false }
    let method = try file.bytes(at: 0, count: 105)[104]
    guard method <= 1 else {
      throw ImageError(unsupported: file.path, "QCOW2 with unknown compression method \(method)")
    }
    return method == 1
  }

  private static func name(at offset: UInt64, length: UInt32, in file: ImageFile)
    throws(ImageError) -> [UInt8]?
  {
    guard offset != 0, length != 0 else { return nil }
    guard length <= 1023 else {
      throw ImageError(damaged: file.path, "invalid backing file name of \(length) bytes")
    }
    return try file.bytes(at: offset, count: Int(length))
  }

  /// Header extensions by type: type, length, data, padding to 8 bytes; type 0 ends them.
  private static func extensions(of file: ImageFile, from start: UInt64) throws(ImageError)
    -> [UInt32: [UInt8]]
  {
    var found = [UInt32: [UInt8]]()
    var position = start
    for _ in 0..<64 where position <= 1 << 16 && position + 8 <= file.length {
      let head = try file.bytes(at: position, count: 8)
      let type: UInt32 = head.big(0)
      let length: UInt32 = head.big(4)
      guard type != 0, length <= 1 << 16, position + 8 + UInt64(length) <= file.length else {
        break
      }
      found[type] = try file.bytes(at: position + 8, count: Int(length))
      position += 8 + UInt64(length).blocks(of: 8) * 8
    }
    return found
  }
}
