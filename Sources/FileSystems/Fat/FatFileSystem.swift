import Containers
import Evidence

/// A FAT12, FAT16, FAT32 or exFAT file system opened by its boot sector. All work is bounded by
/// the size of the volume: see ``spendStep()`` and ``spendDirectoryBytes(_:)``.
final class FatFileSystem: RecognisedFileSystem {
  static let typeNames = ["fat12", "fat16", "fat32", "exfat"]
  static let formatName = "FAT"

  let geometry: FatGeometry
  let volume: VolumePieces
  let table: FatTable
  /// The Sleuth Kit's view of the volume, which finds deleted files whose directories are gone.
  private(set) var companion: (any FileSystem)?

  /// Number of steps along chains, and of clusters recovered for deleted files, that are left:
  /// undamaged chains share no clusters, and each is followed in two tables at most.
  private var stepsLeft: UInt64
  /// Number of directory bytes that may still be read.
  private var directoryBytesLeft: UInt64

  init?(_ medium: any Medium, at start: UInt64) throws(FileSystemError) {
    volume = VolumePieces(medium, at: start)
    guard volume.size >= 512, let geometry = FatGeometry(try volume.bytes(at: 0, count: 512)) else {
      return nil
    }
    self.geometry = geometry
    table = FatTable(geometry, volume)
    stepsLeft = min(geometry.clusterCount, volume.size / 512) * 16 + 1 << 20
    directoryBytesLeft = min(geometry.length, volume.size) * 4 + 1 << 26
  }

  static func open(_ medium: any Medium, at start: UInt64) throws(FileSystemError)
    -> (any RecognisedFileSystem)?
  {
    try FatFileSystem(medium, at: start)
  }

  var typeName: String { geometry.variant.rawValue }

  func accompany(_ other: any FileSystem) { companion = other }

  func walk(_ visitor: any FileSystemVisitor) throws(ImageError) {
    try FatWalk(self, visitor).run()
  }

  /// The map of free space is The Sleuth Kit's.
  func forEachFreeRun(_ body: (Run) throws(ImageError) -> Void) throws(ImageError) -> Bool {
    false
  }

  /// Counts one step against the bound; false if none is left.
  func spendStep() -> Bool {
    guard stepsLeft > 0 else { return false }
    stepsLeft -= 1
    return true
  }

  /// Counts directory bytes against the bound; false if fewer are left.
  func spendDirectoryBytes(_ count: UInt64) -> Bool {
    guard count <= directoryBytesLeft else { return false }
    directoryBytesLeft -= count
    return true
  }
}
