import Bytes
import Evidence

/// A sparse extent of a VMDK: a directory of tables that refer to grains (VMware, "Virtual Disk
/// Format 5.0", Hosted Sparse Extents), or the older form of ESX (COWD; libvmdk, "VMware
/// Virtual Disk (VMDK) format specification"). All numbers are little-endian, and in sectors of
/// 512 bytes.
final class VmdkSparseExtent: ChunkDecoder {
  private let file: ImageFile
  private let header: Header
  private let tables: TableReader
  private let grains = ChunkCache<UInt64>(capacity: 64 << 20)
  private let tally = ChunkTally()
  var chunks: ChunkCounts { tally.counts }

  /// Number of bytes of the medium that it covers.
  var size: UInt64 { header.size }
  /// Embedded descriptor; nil if there is none.
  let descriptor: VmdkDescriptor?

  /// Fields of the header, in bytes.
  private struct Header {
    let size: UInt64
    let grainSize: UInt64
    /// Number of grains per table.
    let tableEntries: UInt64
    let directoryOffset: UInt64
    let isCompressed: Bool
    /// Whether each compressed grain begins with a marker: its sector and length.
    let hasMarkers: Bool
    let descriptor: (offset: UInt64, length: UInt64)
  }

  init(_ file: ImageFile) throws(ImageError) {
    self.file = file
    tables = TableReader(file)
    let head = try file.bytes(at: 0, count: 512)
    header = head.has("COWD", at: 0) ? try Self.cowd(head, file) : try Self.hosted(head, file)
    let tables = header.size.blocks(of: header.grainSize).blocks(of: header.tableEntries)
    guard header.directoryOffset <= file.length,
      tables <= (file.length - header.directoryOffset) / 4
    else {
      throw ImageError(damaged: file.path, "the grain directory is beyond the end of the file")
    }
    guard header.descriptor.length > 0 else {
      descriptor = nil
      return
    }
    guard header.descriptor.length <= VmdkDescriptor.maximumLength else {
      throw ImageError(
        damaged: file.path, "invalid descriptor of \(header.descriptor.length) bytes")
    }
    descriptor = try VmdkDescriptor(
      try file.bytes(at: header.descriptor.offset, count: Int(header.descriptor.length)),
      in: file.path)
  }

  private static func hosted(_ first: [UInt8], _ file: ImageFile) throws(ImageError) -> Header {
    var head = first
    // All ones: the directory was written last, followed by a copy of the header.
    if head.little(56, as: UInt64.self) == .max {
      guard file.length >= 1536 else {
        throw ImageError(damaged: file.path, "its footer is missing")
      }
      head = try file.bytes(at: file.length - 1024, count: 512)
    }
    guard head.has("KDMV", at: 0) else {
      throw ImageError(
        file.path.shown + ": truncated or damaged: its footer is missing", .truncated)
    }
    let flags: UInt32 = head.little(8)
    let algorithm: UInt16 = head.little(77)
    let isCompressed = flags & 1 << 16 != 0
    guard !isCompressed || algorithm == 1 else {
      throw ImageError(unsupported: file.path, "VMDK with unknown compression \(algorithm)")
    }
    let directory: UInt64 = head.little(56)
    return try header(
      sectors: head.little(12), grain: head.little(20), entries: head.little(44),
      directory: directory == 0 ? head.little(48) : directory, isCompressed: isCompressed,
      hasMarkers: flags & 1 << 17 != 0,
      descriptor: (first.little(28), first.little(36)), file)
  }

  private static func cowd(_ head: [UInt8], _ file: ImageFile) throws(ImageError) -> Header {
    try header(
      sectors: UInt64(head.little(12, as: UInt32.self)),
      grain: UInt64(head.little(16, as: UInt32.self)), entries: 4096,
      directory: UInt64(head.little(20, as: UInt32.self)), isCompressed: false, hasMarkers: false,
      descriptor: (0, 0), file)
  }

  private static func header(
    sectors: UInt64, grain: UInt64, entries: UInt32, directory: UInt64, isCompressed: Bool,
    hasMarkers: Bool, descriptor: (offset: UInt64, length: UInt64), _ file: ImageFile
  ) throws(ImageError) -> Header {
    let most = UInt64(Int64.max) / 512
    guard sectors <= most, directory <= most, descriptor.offset <= most, descriptor.length <= most,
      grain > 0, grain & (grain - 1) == 0, grain <= 1 << 16, entries > 0, entries <= 1 << 20
    else {
      throw ImageError(
        damaged: file.path,
        "invalid geometry: \(sectors) sectors, grains of \(grain), \(entries) entries per table")
    }
    return Header(
      size: sectors * 512, grainSize: grain * 512, tableEntries: UInt64(entries),
      directoryOffset: directory * 512, isCompressed: isCompressed, hasMarkers: hasMarkers,
      descriptor: (descriptor.offset * 512, descriptor.length * 512))
  }

  /// Content at `offset` of the extent; nil where nothing was ever written.
  func piece(at offset: UInt64) throws(ImageError) -> (content: Piece.Content?, length: UInt64) {
    let grain = offset / header.grainSize
    let inside = offset % header.grainSize
    let rest = header.grainSize - inside
    let table: UInt32 = try tables.little(
      at: header.directoryOffset + grain / header.tableEntries * 4)
    guard table != 0 else {
      let span = header.tableEntries * header.grainSize
      return (nil, span - offset % span)
    }
    let entry: UInt32 = try tables.little(
      at: UInt64(table) * 512 + grain % header.tableEntries * 4)
    switch entry {
    case 0: return (nil, rest)
    case 1: return (.zeros, rest)
    default:
      let place = UInt64(entry) * 512
      if header.isCompressed {
        // The number of a grain and its offset have 32 bits.
        guard grain <= UInt32.max else {
          throw ImageError(damaged: file.path, "too many grains")
        }
        return (.packed(self, chunk: grain << 32 | UInt64(entry), at: Int(inside)), rest)
      }
      return (.file(file, at: place + inside), rest)
    }
  }

  // MARK: Compressed grains

  func chunk(_ index: UInt64) throws(ImageError) -> [UInt8] {
    try grains.chunk(index) { () throws(ImageError) in
      tally.note(index >> 32)
      return try decode(at: (index & 0xFFFF_FFFF) * 512, grain: index >> 32)
    }
  }

  /// Decodes a grain of a stream-optimised disk: its first sector (64 bits), its length (32
  /// bits), a zlib stream.
  private func decode(at place: UInt64, grain: UInt64) throws(ImageError) -> [UInt8] {
    let prefix = header.hasMarkers ? 12 : 4
    let head = try file.bytes(at: place, count: prefix)
    let length: UInt32 = head.little(prefix - 4)
    guard !header.hasMarkers || head.little(0, as: UInt64.self) == grain * (header.grainSize / 512)
    else {
      throw ImageError(damaged: file.path, "a compressed grain has the wrong sector")
    }
    // Incompressible data grows by a few bytes.
    guard UInt64(length) <= 2 * header.grainSize + 1024 else {
      throw ImageError(damaged: file.path, "invalid compressed grain of \(length) bytes")
    }
    let packed = try file.bytes(at: place + UInt64(prefix), count: Int(length))
    // The last grain may be shorter than the others.
    let left = header.size - min(header.size, grain * header.grainSize)
    do throws(ImageError) {
      return try unpacked(packed, count: header.grainSize)
    } catch  where left < header.grainSize {
      return try unpacked(packed, count: left)
    }
  }

  private func unpacked(_ packed: [UInt8], count: UInt64) throws(ImageError) -> [UInt8] {
    try DecodedChunk.bytes(Int(count), in: file.path) { output in
      packed.withUnsafeBytes { Inflate().zlib($0, into: output) }
    }
  }
}
