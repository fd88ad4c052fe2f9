import Containers
import Evidence

/// A range of the medium, or a volume in a container, before its type is known.
struct VolumePlace {
  private let entry: VolumeEntry
  private let index: Int
  private var block: UInt64 = 0
  private var name: String?
  /// Byte ranges of the volume on the medium.
  private var runs: [Range<UInt64>]
  /// Bytes of the volume.
  private(set) var bytes: VolumeBytes

  /// Type of a volume of which nothing is known.
  static let unknownType = "unknown"

  /// Place of an entry of the partition table.
  init(_ entry: VolumeEntry, on medium: any Medium, index: Int) {
    self.entry = entry
    self.index = index
    let (end, overflow) = entry.start.addingReportingOverflow(entry.length)
    runs = [entry.start..<(overflow ? .max : end)]
    bytes = VolumeBytes(medium, at: entry.start, length: entry.length)
  }

  /// Label in the partition table.
  var label: String { entry.label }

  /// Length in bytes by the partition table.
  var length: UInt64 { entry.length }

  /// Offset of its first byte, or of its container.
  var start: UInt64 { entry.start }

  /// Address of the volume for a helper.
  var address: VolumeAddress { VolumeAddress(start: entry.start, block: block) }

  /// Whether it shares its range with other volumes.
  var isContained: Bool { block != 0 }

  /// Place of one of the volumes that share this range, with its rank among them.
  func containing(_ rank: Int, block: UInt64, _ name: String) -> VolumePlace {
    VolumePlace(self, index: index + rank, block: block, name: name)
  }

  private init(_ container: VolumePlace, index: Int, block: UInt64, name: String) {
    entry = container.entry
    runs = container.runs
    bytes = container.bytes
    self.index = index
    self.block = block
    self.name = name
  }

  /// The same place, with its own bytes.
  func lying(in reader: LogicalVolumeReader) -> VolumePlace {
    var place = self
    place.runs = reader.runs
    place.bytes = VolumeBytes(reader, at: 0, length: reader.size)
    return place
  }

  /// Creates the volume with its type.
  func volume(
    _ type: String, _ problem: ItemProblem?, omissions: [ItemProblem] = [], hasFiles: Bool = true
  ) -> ImageVolume {
    ImageVolume(
      volume: Volume(
        index: index, start: entry.start, length: entry.length,
        type: type.isEmpty ? Self.unknownType : type, name: name),
      label: entry.label, problem: problem, omissions: omissions, hasFiles: hasFiles,
      address: address, runs: runs)
  }
}
