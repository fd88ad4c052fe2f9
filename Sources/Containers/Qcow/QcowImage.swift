import Bytes
import Evidence

/// A QCOW image (qemu, docs/interop/qcow2.txt): two levels of tables refer to clusters, which
/// are plain, compressed, zeros, or in a backing file.
final class QcowImage: MappedImage, ContainerFormat, ChunkDecoder {
  private let header: QcowHeader
  private let file: ImageFile
  /// File that contains uncompressed clusters.
  private let data: ImageFile
  private let backing: (any Medium)?
  private let tables: TableReader
  private let clusters = ChunkCache<UInt64>()
  private let tally = ChunkTally()
  private let clusterSize: UInt64

  init(_ file: ImageFile, _ opening: inout ImageOpening) throws(ImageError) {
    self.file = file
    header = try QcowHeader(file)
    clusterSize = 1 << header.clusterBits
    tables = TableReader(file)
    data = try Self.data(header, file, &opening)
    backing = try Self.backing(header, file, &opening)
  }

  private static func data(
    _ header: QcowHeader, _ file: ImageFile, _ opening: inout ImageOpening
  ) throws(ImageError) -> ImageFile {
    guard header.hasDataFile else { return file }
    guard let name = header.dataFile else {
      throw ImageError(damaged: file.path, "it names no data file")
    }
    return try opening.file(
      try NamedFile.find(name, namedBy: file.path, role: "its data file"))
  }

  private static func backing(
    _ header: QcowHeader, _ file: ImageFile, _ opening: inout ImageOpening
  ) throws(ImageError) -> (any Medium)? {
    guard var name = header.backing else { return nil }
    if name.starts(with: "file:".utf8) { name.removeFirst(5) }
    let path = try NamedFile.find(name, namedBy: file.path, role: "its backing file")
    // A guest may have written a container's magic to a raw disk: the header's format takes
    // precedence.
    if header.backingFormat == Array("raw".utf8) { return try opening.rawParent(path) }
    return try opening.parent(path)
  }

  var size: UInt64 { header.size }
  var chunks: ChunkCounts { tally.counts + (backing?.chunks ?? ChunkCounts()) }

  var omissions: [ItemProblem] {
    guard header.snapshots > 0 else { return backing?.omissions ?? [] }
    let snapshots = ItemProblem(
      .unsupported,
      "\(header.snapshots) internal snapshots: not scanned; convert each with qemu-img convert -l NAME"
        + " and scan the result")
    return [snapshots] + (backing?.omissions ?? [])
  }

  var words: String {
    var words = header.version == 1 ? "QCOW" : "QCOW2"
    if backing != nil { words += " with a backing file" }
    if header.hasDataFile { words += " with a data file" }
    if header.snapshots > 0 {
      words += " (internal snapshots, not scanned: \(header.snapshots))"
    }
    return words
  }

  // MARK: Tables

  /// Bits of an entry that are an offset (versions 2 and 3); in version 1, plain entries have no
  /// flags.
  private static let offsetMask: UInt64 = 0x00FF_FFFF_FFFF_FE00
  private var offsetMask: UInt64 { header.version == 1 ? ~(1 << 63) : Self.offsetMask }
  private static let copied: UInt64 = 1 << 63

  func piece(at offset: UInt64) throws(ImageError) -> Piece {
    let cluster = offset / clusterSize
    guard let place = try place(ofEntry: cluster) else {
      let span = clusterSize << header.tableBits
      return Piece(below: backing, at: offset, length: span - offset % span)
    }
    let entry: UInt64 = try tables.big(at: place)
    let inside = offset % clusterSize
    let rest = clusterSize - inside
    if entry & (header.version == 1 ? 1 << 63 : 1 << 62) != 0 {
      return Piece(.packed(self, chunk: cluster, at: Int(inside)), length: rest)
    }
    if header.hasSubclusters {
      return try subcluster(entry, bitmap: try tables.big(at: place + 8), at: offset, inside)
    }
    if header.version == 3, entry & 1 != 0 { return Piece(.zeros, length: rest) }
    guard isAllocated(entry) else { return Piece(below: backing, at: offset, length: rest) }
    return try plain(entry, inside, length: rest)
  }

  /// Offset of a cluster's entry in its level 2 table; nil if there is no such table.
  private func place(ofEntry cluster: UInt64) throws(ImageError) -> UInt64? {
    let entries: UInt64 = 1 << header.tableBits
    let first: UInt64 = try tables.big(at: header.tableOffset + cluster / entries * 8)
    let table = first & offsetMask
    guard table != 0 else { return nil }
    guard header.version == 1 || table % clusterSize == 0 else {
      throw ImageError(damaged: file.path, "a level 2 table is not aligned to a cluster")
    }
    guard table <= file.length else {
      throw ImageError(damaged: file.path, "a level 2 table is beyond the end of the file")
    }
    return table + cluster % entries * header.entrySize
  }

  /// Whether a cluster is allocated. In a data file a cluster may have offset 0, so a flag marks
  /// it.
  private func isAllocated(_ entry: UInt64) -> Bool {
    entry & offsetMask != 0 || header.hasDataFile && entry & Self.copied != 0
  }

  private func plain(_ entry: UInt64, _ inside: UInt64, length: UInt64) throws(ImageError) -> Piece
  {
    let start = entry & offsetMask
    guard header.version == 1 || start % clusterSize == 0 else {
      throw ImageError(damaged: file.path, "a cluster is not aligned")
    }
    return Piece(.file(data, at: start + inside), length: length)
  }

  /// Content of a subcluster: the lower half of the bitmap marks which of 32 parts are stored,
  /// the upper half which are zeros.
  private func subcluster(_ entry: UInt64, bitmap: UInt64, at offset: UInt64, _ inside: UInt64)
    throws(ImageError) -> Piece
  {
    let part = clusterSize / 32
    let index = inside / part
    let rest = part - inside % part
    if bitmap >> (32 + index) & 1 != 0 { return Piece(.zeros, length: rest) }
    guard bitmap >> index & 1 != 0 else { return Piece(below: backing, at: offset, length: rest) }
    guard isAllocated(entry) else {
      throw ImageError(damaged: file.path, "a subcluster has no offset")
    }
    return try plain(entry, inside, length: rest)
  }

  // MARK: Compressed clusters

  func chunk(_ cluster: UInt64) throws(ImageError) -> [UInt8] {
    try clusters.chunk(cluster) { () throws(ImageError) in
      tally.note(cluster)
      guard let place = try place(ofEntry: cluster) else {
        throw ImageError(damaged: file.path, "a compressed cluster has no offset")
      }
      return try decode(try tables.big(at: place))
    }
  }

  private func decode(_ entry: UInt64) throws(ImageError) -> [UInt8] {
    let (start, length) = header.version == 1 ? packedPlace1(entry) : packedPlace2(entry)
    guard start < file.length else {
      throw ImageError(damaged: file.path, "a compressed cluster is beyond the end of the file")
    }
    // The length is in whole sectors, and the last one may be beyond the end of the file.
    let packed = try file.bytes(at: start, count: Int(min(length, file.length - start)))
    return try DecodedChunk.bytes(Int(clusterSize), in: file.path) { output in
      packed.withUnsafeBytes {
        header.isZstandard ? Zstandard.decode($0, into: output) : Inflate().raw($0, into: output)
      }
    }
  }

  /// Offset and length of a compressed cluster in version 1.
  private func packedPlace1(_ entry: UInt64) -> (UInt64, UInt64) {
    let bits = UInt64(63 - header.clusterBits)
    return (entry & ((1 << bits) - 1), entry >> bits & (clusterSize - 1))
  }

  /// Offset, and length in sectors minus one; the length has as many bits as a cluster needs.
  private func packedPlace2(_ entry: UInt64) -> (UInt64, UInt64) {
    let bits = UInt64(62 - (header.clusterBits - 8))
    let start = entry & ((1 << bits) - 1)
    let sectors = ((entry & ((1 << 62) - 1)) >> bits) + 1
    return (start, sectors * 512 - start % 512)
  }
}

extension QcowImage {
  static var formatName: String { "QCOW" }

  static func recognises(_ file: FormatProbe) -> Bool {
    file.begins(with: "QFI\u{FB}")
  }

  static func open(_ file: ImageFile, _ opening: inout ImageOpening) throws(ImageError)
    -> OpenedMedium
  {
    let image = try QcowImage(file, &opening)
    return OpenedMedium(image, image.words)
  }
}
