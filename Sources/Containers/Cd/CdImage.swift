import Bytes

/// A raw image of a compact disc: sectors as the drive reads them, of which 2048 bytes are content. Source: ECMA-130,
/// 14 and 15 (mode 1), and the CD-ROM XA specification (mode 2, form 1).
final class CdImage: MappedImage, ContainerFormat {
  private let file: ImageFile
  /// 2352 bytes, or 2448 with the subchannels.
  private let sectorSize: UInt64
  /// Offset of the content of a sector.
  private let dataOffset: UInt64

  private static let contentSize: UInt64 = 2048
  private static let sync: [UInt8] = [0] + Array(repeating: 0xFF, count: 10) + [0]

  /// The distance of sectors in a file that begins like a raw image of a disc; nil for another.
  static func sectorSize(of file: any Medium) throws(ImageError) -> UInt64? {
    let head = try file.bytes(at: 0, count: 16)
    guard head.count == 16, Array(head[..<12]) == sync, head[15] == 1 || head[15] == 2 else {
      return nil
    }
    for size in [2352, 2448] as [UInt64] where try file.bytes(at: size, count: 12) == sync {
      return size
    }
    return nil
  }

  init(_ file: ImageFile) throws(ImageError) {
    self.file = file
    guard let size = try Self.sectorSize(of: RawFile(file)) else {
      throw ImageError(damaged: file.path, "sectors are out of sequence")
    }
    sectorSize = size
    // Behind sync and header; in mode 2 a subheader of eight bytes follows.
    dataOffset = try file.bytes(at: 15, count: 1) == [1] ? 16 : 24
  }

  var words: String { Self.formatName }

  var size: UInt64 { file.length / sectorSize * Self.contentSize }

  func piece(at offset: UInt64) throws(ImageError) -> Piece {
    let (sector, inside) = offset.quotientAndRemainder(dividingBy: Self.contentSize)
    return Piece(
      .file(file, at: sector * sectorSize + dataOffset + inside), length: Self.contentSize - inside)
  }
}

extension CdImage {
  static var formatName: String { "raw image of a compact disc" }

  static func recognises(_ file: FormatProbe) throws(ImageError) -> Bool {
    try sectorSize(of: file.file) != nil
  }

  static func open(_ file: ImageFile, _ opening: inout ImageOpening) throws(ImageError)
    -> OpenedMedium
  {
    let image = try CdImage(file)
    return OpenedMedium(image, image.words)
  }
}
