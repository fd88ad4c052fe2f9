import Bytes
import Evidence

/// A Parallels Desktop disk, one `.hds` file (qemu, docs/interop/parallels.txt): little-endian;
/// a table behind the header refers to clusters.
final class ParallelsImage: MappedImage, ContainerFormat {
  private let file: ImageFile
  private let tables: TableReader
  private let clusterSize: UInt64
  /// Unit in bytes of the table's entries.
  private let unit: UInt64
  let size: UInt64

  var words: String { "Parallels" }

  init(_ file: ImageFile) throws(ImageError) {
    self.file = file
    tables = TableReader(file)
    let head = try file.bytes(at: 0, count: 64)
    let isExtended = head.has("WithouFreSpacExt", at: 0)
    guard head.little(16, as: UInt32.self) == 2 else {
      throw ImageError(
        unsupported: file.path, "Parallels disk version \(head.little(16, as: UInt32.self))")
    }
    clusterSize = UInt64(head.little(28, as: UInt32.self)) * 512
    unit = isExtended ? clusterSize : 512
    let entries = UInt64(head.little(32, as: UInt32.self))
    let sectors: UInt64 = isExtended ? head.little(36) : UInt64(head.little(36, as: UInt32.self))
    guard clusterSize > 0, sectors <= UInt64(Int64.max) / 512,
      (sectors * 512).blocks(of: clusterSize) <= entries
    else {
      throw ImageError(
        damaged: file.path,
        "invalid geometry: \(sectors) sectors, \(entries) clusters of \(clusterSize) bytes")
    }
    size = sectors * 512
    try Self.refuseSnapshots(beside: file)
  }

  /// Refuses snapshots: a snapshot contains only changes but does not show it; the descriptor
  /// beside it does.
  private static func refuseSnapshots(beside file: ImageFile) throws(ImageError) {
    guard !ImageFile.isAlone(file.path) else {
      throw ImageError(alone: file.path, needs: "its descriptor DiskDescriptor.xml")
    }
    let path = file.path.parent.appending("DiskDescriptor.xml")
    guard NamedFile.exists(path) else { return }
    let descriptor = try ImageFile(path, mustBeRegular: true)
    let text = try descriptor.bytes(at: 0, count: Int(min(descriptor.length, 1 << 20)))
    let images = text.indices.count { text.has("<Image>", at: $0) }
    guard images <= 1 else {
      throw ImageError(
        unsupported: file.path, "one of \(images) parts or snapshots of a Parallels disk")
    }
  }

  func piece(at offset: UInt64) throws(ImageError) -> Piece {
    let inside = offset % clusterSize
    let entry: UInt32 = try tables.little(at: 64 + offset / clusterSize * 4)
    let rest = clusterSize - inside
    guard entry != 0 else { return Piece(.zeros, length: rest) }
    let (start, overflow) = UInt64(entry).multipliedReportingOverflow(by: unit)
    guard !overflow, start <= UInt64(Int64.max) else {
      throw ImageError(damaged: file.path, "a cluster is out of range")
    }
    return Piece(.file(file, at: start + inside), length: rest)
  }
}

extension ParallelsImage {
  static var formatName: String { "Parallels" }

  static func recognises(_ file: FormatProbe) -> Bool {
    file.begins(with: "WithoutFreeSpace", "WithouFreSpacExt")
  }

  static func open(_ file: ImageFile, _ opening: inout ImageOpening) throws(ImageError)
    -> OpenedMedium
  {
    let image = try ParallelsImage(file)
    return OpenedMedium(image, image.words)
  }
}
