/// A volume in the partition table.
package struct VolumeEntry: Hashable, Sendable {
  /// Offset in bytes in the image.
  package let start: UInt64
  /// The length in bytes.
  package let length: UInt64
  /// Label in the partition table.
  package let label: String

  package init(start: UInt64, length: UInt64, label: String) {
    self.start = start
    self.length = length
    self.label = label
  }
}

/// A volume listed by its APFS container.
package struct ContainedVolume: Hashable, Sendable {
  /// Block of its superblock.
  package let block: UInt64
  package let name: String
  package let isEncrypted: Bool
  package let snapshotCount: UInt64

  package init(block: UInt64, name: String, isEncrypted: Bool, snapshotCount: UInt64) {
    self.block = block
    self.name = name
    self.isEncrypted = isEncrypted
    self.snapshotCount = snapshotCount
  }
}
