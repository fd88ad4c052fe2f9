import Bytes
import Evidence

/// A VHDX (MS-VHDX): a table refers to blocks; in a differencing disk, bitmaps mark the sectors
/// of a block that are its own.
final class VhdxImage: MappedImage, ContainerFormat {
  private let file: ImageFile
  private let metadata: VhdxMetadata
  private let table: (offset: UInt64, length: UInt64)
  private let tables: TableReader
  private let parent: (any Medium)?
  /// Number of payload blocks between two bitmap entries (MS-VHDX 2.5).
  private let ratio: UInt64

  init(_ plain: ImageFile, _ opening: inout ImageOpening) throws(ImageError) {
    let header = try VhdxHeader(plain)
    file = ImageFile(plain, try VhdxLog.patches(of: header, plain))
    let regions = try VhdxRegions(file)
    metadata = try VhdxMetadata(file, at: try regions.place(of: VhdxRegions.metadata, in: file))
    table = try regions.place(of: VhdxRegions.blocks, in: file)
    tables = TableReader(file)
    ratio = (metadata.sectorSize << 23) / metadata.blockSize
    let blocks = metadata.size.blocks(of: metadata.blockSize)
    let entries =
      metadata.parent == nil
      ? blocks + (blocks == 0 ? 0 : (blocks - 1) / ratio) : blocks.blocks(of: ratio) * (ratio + 1)
    guard entries <= table.length / 8 else {
      throw ImageError(damaged: file.path, "the block table is too short for the disk")
    }
    parent = try metadata.parent.map { parent throws(ImageError) in
      try opening.parent(named: parent.names, by: plain.path) { candidate in
        (try? VhdxHeader(candidate)).map { parent.linkages.contains($0.data) } ?? false
      }
    }
  }

  var size: UInt64 { metadata.size }
  var chunks: ChunkCounts { parent?.chunks ?? ChunkCounts() }

  var words: String {
    parent != nil ? "VHDX (differencing)" : metadata.isFixed ? "VHDX (fixed)" : "VHDX (dynamic)"
  }

  // MARK: Reading

  /// Content by the state in the lowest bits of an entry (MS-VHDX 2.5.1.1): 0 not present, 1
  /// undefined, 2 zeros, 3 unmapped, 6 present, 7 partially present.
  func piece(at offset: UInt64) throws(ImageError) -> Piece {
    let block = offset / metadata.blockSize
    let inside = offset % metadata.blockSize
    let rest = metadata.blockSize - inside
    let entry: UInt64 = try tables.little(at: table.offset + (block + block / ratio) * 8)
    let start = entry & ~0xF_FFFF
    switch entry & 7 {
    case 0: return Piece(below: parent, at: offset, length: rest)
    case 1, 2, 3: return Piece(.zeros, length: rest)
    case 6: return try own(start, inside, rest)
    case 7 where parent != nil: return try partial(block, start, offset, inside, rest)
    case let state:
      throw ImageError(damaged: file.path, "invalid block state \(state)")
    }
  }

  private func own(_ start: UInt64, _ inside: UInt64, _ length: UInt64) throws(ImageError) -> Piece
  {
    guard start <= UInt64(Int64.max) else {
      throw ImageError(damaged: file.path, "a block is out of range")
    }
    return Piece(.file(file, at: start + inside), length: length)
  }

  private func partial(
    _ block: UInt64, _ start: UInt64, _ offset: UInt64, _ inside: UInt64, _ rest: UInt64
  ) throws(ImageError) -> Piece {
    let chunk = block / ratio
    let entry: UInt64 = try tables.little(
      at: table.offset + (chunk * (ratio + 1) + ratio) * 8)
    guard entry & 7 == 6, entry <= UInt64(Int64.max) else {
      throw ImageError(damaged: file.path, "the bitmap of a block is missing")
    }
    let sector = metadata.sectorSize
    let (isOwn, count) = try tables.bits(
      at: entry & ~0xF_FFFF, from: (block % ratio * metadata.blockSize + inside) / sector,
      limit: rest.blocks(of: sector), order: .lowestFirst)
    let length = min(count * sector - inside % sector, rest)
    return isOwn
      ? try own(start, inside, length) : Piece(below: parent, at: offset, length: length)
  }
}

extension VhdxImage {
  static var formatName: String { "VHDX" }

  static func recognises(_ file: FormatProbe) -> Bool {
    file.begins(with: "vhdxfile")
  }

  static func open(_ file: ImageFile, _ opening: inout ImageOpening) throws(ImageError)
    -> OpenedMedium
  {
    let image = try VhdxImage(file, &opening)
    return OpenedMedium(image, image.words)
  }
}
