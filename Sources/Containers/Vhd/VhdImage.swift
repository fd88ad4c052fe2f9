import Bytes
import Evidence

/// A VHD (Microsoft, "Virtual Hard Disk Image Format Specification", 1.0): a raw disk with a
/// footer, or a table that refers to blocks, each behind a bitmap of its sectors.
final class VhdImage: MappedImage, ContainerFormat {
  private let file: ImageFile
  private let footer: VhdFooter
  /// Dynamic header; nil for a fixed disk.
  private let header: VhdHeader?
  private let parent: (any Medium)?
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
      throw ImageError(damaged: file.path, "the block table is too short for the disk")
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
  var omissions: [ItemProblem] { parent?.omissions ?? [] }

  var words: String { "VHD (\(footer.kind.words))" }

  func piece(at offset: UInt64) throws(ImageError) -> Piece {
    guard let header else { return fixed(offset) }
    let block = offset / header.blockSize
    let inside = offset % header.blockSize
    let rest = header.blockSize - inside
    // A sector number, or all ones.
    let entry: UInt32 = try tables.big(at: header.tableOffset + block * 4)
    guard entry != .max else { return Piece(below: parent, at: offset, length: rest) }
    let bitmap = UInt64(entry) * 512
    // One bit per sector, in whole sectors.
    let data = bitmap + (header.blockSize / 512).blocks(of: 4096) * 512
    guard footer.kind == .differencing else {
      // In a dynamic disk the bitmap only marks sectors ever written; the others are zeros in the
      // block.
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

extension VhdImage {
  /// Content of a fixed disk. One that lost bytes in the middle has its footer where its content would be.
  private func fixed(_ offset: UInt64) -> Piece {
    let end = file.length - min(file.length, footer.length)
    guard offset < end else {
      return Piece(
        .missing(
          ImageError(
            "\(file.path.shown): truncated: the disk has \(size) bytes, but the file holds \(end) of them",
            .truncated)), length: size - offset)
    }
    return Piece(.file(file, at: offset), length: min(size, end) - offset)
  }
}

extension VhdImage {
  static var formatName: String { "VHD" }

  /// A fixed disk has only a footer at its end; Virtual PC before 2004 wrote footers one byte
  /// shorter.
  static func recognises(_ file: FormatProbe) throws(ImageError) -> Bool {
    if file.begins(with: "conectix") { return true }
    return try file.ends(with: "conectix", slip: 1)
  }

  static func open(_ file: ImageFile, _ opening: inout ImageOpening) throws(ImageError)
    -> OpenedMedium
  {
    let image = try VhdImage(file, &opening)
    return OpenedMedium(image, image.words)
  }
}
