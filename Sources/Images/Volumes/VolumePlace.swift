import Evidence

/// A range of the medium in which a volume may be, or a volume in a container, before it is known what it is.
struct VolumePlace {
  private let entry: VolumeEntry
  private let index: Int
  private var block: UInt64 = 0
  private var name: String?
  /// Where the bytes of the volume lie on the medium.
  private var runs: [Range<UInt64>]
  /// The bytes themselves.
  private(set) var bytes: VolumeBytes

  /// The type of a volume that nothing is known of.
  static let unknownType = "unknown"

  /// What an entry of the partition table names.
  init(_ entry: VolumeEntry, on medium: any ImageReader, index: Int) {
    self.entry = entry
    self.index = index
    let (end, overflow) = entry.start.addingReportingOverflow(entry.length)
    runs = [entry.start..<(overflow ? .max : end)]
    bytes = VolumeBytes(medium, at: entry.start, length: entry.length)
  }

  /// What the partition table calls it.
  var label: String { entry.label }

  /// Its first byte, or that of its container.
  var start: UInt64 { entry.start }

  /// Where a helper finds it.
  var address: VolumeAddress { VolumeAddress(start: entry.start, block: block) }

  /// Whether it shares its range with others.
  var isContained: Bool { block != 0 }

  /// One of the volumes that share this range, with its rank among them.
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

  /// The same, with bytes of its own.
  func lying(in reader: LogicalVolumeReader) -> VolumePlace {
    var place = self
    place.runs = reader.runs
    place.bytes = VolumeBytes(reader, at: 0, length: reader.size)
    return place
  }

  /// The volume that it is found to be.
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
