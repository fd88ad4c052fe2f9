package import Evidence

/// Opener of structures on a medium, for a ``VolumeProbe``: a partition table, file systems,
/// containers of volumes. It is another process if the parser may crash.
package protocol VolumeOpener {
  /// Volumes of the partition table, read with this sector size in bytes; empty without a table.
  func partitions(sectorSize: UInt32) throws(VolumeFailure) -> [VolumeEntry]

  /// Name of the type of a volume's file system.
  func fileSystem(at volume: VolumeAddress) throws(VolumeFailure) -> String

  /// Volumes of the APFS container that begins at a byte of the medium.
  func containedVolumes(at container: UInt64) throws(VolumeFailure) -> [ContainedVolume]

  /// Changes the bytes that are read in place of those of the medium.
  func replace(_ change: (inout [MediumPatch]) -> Void)
}

/// Reason why something on a medium was not opened.
package enum VolumeFailure: Error, CustomStringConvertible {
  /// The volume has nothing that can be opened.
  case refused(FileSystemRefusal)
  /// Nobody can tell, because opening it failed.
  case failed(ItemProblem)

  /// The problem to report.
  package var problem: ItemProblem {
    switch self {
    case .refused(let refusal): ItemProblem(.unreadable, refusal.description)
    case .failed(let problem): problem
    }
  }

  package var description: String { problem.message }
}
