import Bytes
import Evidence

/// A VirtualBox disk (VirtualBox, src/VBox/Storage/VDICore.h): little-endian; a table refers to
/// blocks, usually of 1 MiB.
final class VdiImage: MappedImage, ContainerFormat {
  private let file: ImageFile
  private let tables: TableReader
  private let tableOffset: UInt64
  private let dataOffset: UInt64
  private let blockSize: UInt64
  /// Number of bytes in front of each block.
  private let extra: UInt64
  let size: UInt64
  let words: String

  init(_ file: ImageFile) throws(ImageError) {
    self.file = file
    tables = TableReader(file)
    let head = try file.bytes(at: 0, count: 0x1C8)
    let version: UInt32 = head.little(0x44)
    guard version >> 16 == 1 else {
      throw ImageError(unsupported: file.path, "VDI version \(version >> 16)")
    }
    switch head.little(0x4C, as: UInt32.self) {
    case 1: words = "VDI (dynamic)"
    case 2: words = "VDI (fixed)"
    case 3, 4:
      let parent = Hexadecimal.text(of: head[0x1B8..<0x1C8])
      throw ImageError(
        "\(file.path.shown): differencing VDI (parent \(parent)): not supported; merge it with"
          + " VBoxManage clonemedium", .unsupported)
    case let kind: throw ImageError(unsupported: file.path, "VDI type \(kind)")
    }
    tableOffset = UInt64(head.little(0x154, as: UInt32.self))
    dataOffset = UInt64(head.little(0x158, as: UInt32.self))
    size = head.little(0x170)
    blockSize = UInt64(head.little(0x178, as: UInt32.self))
    extra = UInt64(head.little(0x17C, as: UInt32.self))
    let blocks = UInt64(head.little(0x180, as: UInt32.self))
    guard blockSize >= 512, blockSize & (blockSize - 1) == 0, size <= UInt64(Int64.max),
      size.blocks(of: blockSize) <= blocks
    else {
      throw ImageError(
        damaged: file.path,
        "invalid geometry: \(size) bytes, \(blocks) blocks of \(blockSize) bytes")
    }
  }

  func piece(at offset: UInt64) throws(ImageError) -> Piece {
    let inside = offset % blockSize
    let rest = blockSize - inside
    // All ones: never written; all ones minus one: discarded. Both read as zeros.
    let entry: UInt32 = try tables.little(at: tableOffset + offset / blockSize * 4)
    guard entry < .max - 1 else { return Piece(.zeros, length: rest) }
    let (block, overflow) = UInt64(entry).multipliedReportingOverflow(by: blockSize + extra)
    guard !overflow, block <= UInt64(Int64.max) else {
      throw ImageError(damaged: file.path, "a block is out of range")
    }
    return Piece(.file(file, at: dataOffset + block + extra + inside), length: rest)
  }
}

extension VdiImage {
  static var formatName: String { "VDI" }

  static func recognises(_ file: FormatProbe) -> Bool {
    file.begins(with: "\u{7F}\u{10}\u{DA}\u{BE}", at: 0x40)
  }

  static func open(_ file: ImageFile, _ opening: inout ImageOpening) throws(ImageError)
    -> OpenedMedium
  {
    let image = try VdiImage(file)
    return OpenedMedium(image, image.words)
  }
}
