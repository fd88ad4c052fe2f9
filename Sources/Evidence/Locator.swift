public import Bytes

/// Stable address of an item: its evidence, and its location in it.
public struct Locator: Hashable, Sendable, Codable {
  /// Evidence as named by the user.
  public var evidence: RawPath
  /// Volume of an image; nil on a live file system.
  public var volume: Volume?
  /// Path, absolute in its volume and `/`-separated. That of a member of an archive is the archive's, then `!/` and
  /// the member's name (`/home/setup.zip!/driver/klif.sys`).
  public var path: RawPath
  /// Path of the file of the file system that the item is inside of; nil for that file itself.
  public var archive: RawPath?
  /// Alternate data stream; nil for the default one.
  public var stream: RawPath?
  /// Whether the file system still lists the item; nil where that does not apply.
  public var state: AllocationState?
  /// Location of the content in the image, in order; empty if it is not stored as plain bytes.
  public var runs: [Run]

  /// Creates an address; omitted values do not apply.
  public init(
    evidence: RawPath, volume: Volume? = nil, path: RawPath, stream: RawPath? = nil,
    state: AllocationState? = nil, runs: [Run] = []
  ) {
    self.evidence = evidence
    self.volume = volume
    self.path = path
    archive = nil
    self.stream = stream
    self.state = state
    self.runs = runs
  }

  /// Path of the file of the file system: of the item, or of the archive that it is inside of.
  public var filePath: RawPath { archive ?? path }

  /// Address of a member of the archive at this address.
  package func member(_ name: [UInt8]) -> Locator {
    var member = self
    var bytes = memberPrefix
    Self.append(memberName: name[...], to: &bytes)
    member.path = RawPath(bytes)
    member.stream = nil
    member.archive = filePath
    member.runs = []
    return member
  }

  /// Bytes in front of the names of members in their paths.
  package var memberPrefix: [UInt8] {
    // The archive may be an alternate data stream, and its member is not.
    let stream = stream.map { [UInt8(ascii: ":")] + $0.bytes } ?? []
    return path.bytes + stream + [UInt8(ascii: "!"), UInt8(ascii: "/")]
  }

  /// Appends the name of a member, as it is written in its path.
  package static func append(memberName name: ArraySlice<UInt8>, to path: inout [UInt8]) {
    let slash = UInt8(ascii: "/")
    var name = name
    while name.first == slash || name.starts(with: "./".utf8) {
      name = name.dropFirst(name.first == slash ? 1 : 2)
    }
    // `!/` in a name of a member would read like a further archive.
    while let mark = name.firstIndex(of: UInt8(ascii: "!")) {
      path += name[..<mark]
      name = name[(mark + 1)...]
      if name.first == slash { path += "%21".utf8 } else { path.append(UInt8(ascii: "!")) }
    }
    path += name
  }
}

/// A volume of an image.
public struct Volume: Hashable, Sendable, Codable {
  /// Rank among the volumes of the image, from 0: those of the used entries of the partition
  /// table, where an APFS container is replaced by its volumes.
  public let index: Int
  /// Offset in bytes in the image, or that of its container if volumes share their space.
  public let start: UInt64
  /// Length in bytes, or that of its container.
  public let length: UInt64
  /// Type as named by the partition table or the file system.
  public let type: String
  /// Name in its container; nil for a volume that does not share its space.
  public let name: String?

  /// Creates a volume from its parts.
  public init(index: Int, start: UInt64, length: UInt64, type: String, name: String? = nil) {
    self.index = index
    self.start = start
    self.length = length
    self.type = type
    self.name = name
  }
}

/// Contiguous bytes of an image.
public struct Run: Hashable, Sendable, Codable {
  /// Offset of the first byte from the start of the image.
  public let offset: UInt64
  /// The length in bytes.
  public let length: UInt64

  /// Creates a run of `length` bytes from `offset`.
  public init(offset: UInt64, length: UInt64) {
    self.offset = offset
    self.length = length
  }
}

/// State of an item according to the file system.
public enum AllocationState: String, Hashable, Sendable, Codable {
  case allocated, deleted, orphan, slack, carved
}
