public import Bytes

/// The stable address of an item: the evidence it is in, and where there.
public struct Locator: Hashable, Sendable {
  /// The evidence as the user named it.
  public var evidence: RawPath
  /// The volume of an image; nil on a live file system.
  public var volume: Volume?
  /// The path, absolute in its volume and `/`-separated.
  public var path: RawPath
  /// The alternate data stream; nil for the default one.
  public var stream: RawPath?
  /// Whether the file system still lists the item; nil where the question has no meaning.
  public var state: AllocationState?
  /// Where the content lies in the image, in order; empty where it lies nowhere as plain bytes.
  public var runs: [Run]

  /// An address; what is not given does not apply.
  public init(
    evidence: RawPath, volume: Volume? = nil, path: RawPath, stream: RawPath? = nil,
    state: AllocationState? = nil, runs: [Run] = []
  ) {
    self.evidence = evidence
    self.volume = volume
    self.path = path
    self.stream = stream
    self.state = state
    self.runs = runs
  }
}

/// A volume of an image.
public struct Volume: Hashable, Sendable {
  /// Its rank among the volumes of the image, from 0: those of the used entries of the partition table, in
  /// place of an APFS container those in it.
  public let index: Int
  /// Its first byte in the image; that of its container, where volumes share their space.
  public let start: UInt64
  /// Its length in bytes, or that of its container.
  public let length: UInt64
  /// Its type, as the partition table or the file system names it.
  public let type: String
  /// What its container calls it; nil for a volume that has its space for itself.
  public let name: String?

  /// A volume of these parts.
  public init(index: Int, start: UInt64, length: UInt64, type: String, name: String? = nil) {
    self.index = index
    self.start = start
    self.length = length
    self.type = type
    self.name = name
  }
}

/// Bytes of an image that follow each other.
public struct Run: Hashable, Sendable {
  /// The first byte, from the start of the image.
  public let offset: UInt64
  /// The length in bytes.
  public let length: UInt64

  /// A run of `length` bytes from `offset`.
  public init(offset: UInt64, length: UInt64) {
    self.offset = offset
    self.length = length
  }
}

/// What the file system says of an item.
public enum AllocationState: String, Hashable, Sendable {
  case allocated, deleted, orphan, slack, carved
}
