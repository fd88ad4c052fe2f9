public import Evidence

/// A volume of an image, as described by its partition table and its file system.
public struct ImageVolume: Hashable, Sendable {
  /// Location; the type is the name of its file system, of its recognised format, or of the
  /// partition's type.
  public let volume: Volume
  /// Label in the partition table; empty without a partition table.
  public let label: String
  /// Reason why no file system can be read in it; nil if one can, or if it needs none (swap).
  public let problem: ItemProblem?
  /// Parts that cannot be read although the file system can: older versions of its files, or the
  /// larger volume of which it is the beginning.
  public let omissions: [ItemProblem]
  /// Whether it has files at all.
  public let hasFiles: Bool
  /// Address of its file system for a helper.
  package let address: VolumeAddress
  /// Byte ranges on the medium, including those that it shares with others.
  package let runs: [Range<UInt64>]
}

extension Volume {
  /// Byte range in the image.
  package var range: Range<UInt64> {
    let (end, overflow) = start.addingReportingOverflow(length)
    return start..<(overflow ? .max : end)
  }
}
