import Bytes
import Evidence

/// A VHD (Microsoft, "Virtual Hard Disk Image Format Specification", 1.0): a raw disk with a footer, or
/// blocks that a table leads to, each behind a bitmap of its sectors.
final class VhdImage: MappedImage {
  private let file: ImageFile
  private let footer: VhdFooter
  /// nil for a fixed disk.
  private let header: VhdHeader?
  private let parent: (any ImageReader)?
  private let tables: TableReader

  init(_ file: ImageFile, _ opening: inout ImageOpening) throws(ImageError) {
    self.file = file
    footer = try VhdFooter(file)
    tables = TableReader(file)
    guard footer.kind != .fixed else {
      header = nil
      parent = nil
      return
    }
    let header = try VhdHeader(file, at: footer.headerOffset)
    guard UInt64(header.entries) >= footer.size.blocks(of: header.blockSize) else {
      throw ImageError(damaged: file.path, "its table is too short for its size")
    }
    self.header = header
    parent =
      footer.kind == .differencing
      ? try opening.parent(named: header.parentNames, by: file.path) { candidate in
        (try? VhdFooter(candidate))?.identifier == header.parent
      } : nil
  }

  var size: UInt64 { footer.size }
  var chunks: ChunkCounts { parent?.chunks ?? ChunkCounts() }
  var words: String { "VHD (\(footer.kind.words))" }

  func piece(at offset: UInt64) throws(ImageError) -> Piece {
    guard let header else { return Piece(.file(file, at: offset), length: size - offset) }
    let block = offset / header.blockSize
    let inside = offset % header.blockSize
    let rest = header.blockSize - inside
    // A sector number, or all ones.
    let entry: UInt32 = try tables.big(at: header.tableOffset + block * 4)
    guard entry != .max else { return Piece(below: parent, at: offset, length: rest) }
    let bitmap = UInt64(entry) * 512
    // A bit a sector, in whole sectors.
    let data = bitmap + (header.blockSize / 512).blocks(of: 4096) * 512
    guard footer.kind == .differencing else {
      // Of a dynamic disk the bitmap says only what was ever written; the rest is zeros in the block.
      return Piece(.file(file, at: data + inside), length: rest)
    }
    let (isOwn, count) = try tables.bits(
      at: bitmap, from: inside / 512, limit: header.blockSize / 512 - inside / 512,
      order: .highestFirst)
    let length = count * 512 - inside % 512
    return isOwn
      ? Piece(.file(file, at: data + inside), length: length)
      : Piece(below: parent, at: offset, length: length)
  }
}
