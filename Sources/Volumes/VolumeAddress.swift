/// Address of a file system: its offset in the image, and its volume in an APFS container,
/// whose volumes share their bytes.
package struct VolumeAddress: Hashable, Sendable {
  /// Offset in bytes of the volume, or of its container, in the image.
  package let start: UInt64
  /// Block of the volume's superblock in its APFS container; 0, the container's own, for a file
  /// system that does not share its bytes.
  package let block: UInt64

  package init(start: UInt64, block: UInt64 = 0) {
    self.start = start
    self.block = block
  }

  /// Number that is unique among the volumes of the image.
  package var identity: UInt64 { start &+ block &* 4096 }
}
