/// Kinds of archives. A content is one by its first bytes, whatever its name.
public enum ArchiveKind: String, Hashable, Sendable, CaseIterable, Codable {
  case zip, cab, rar, deb, rpm, msi, tar, cpio, iso
  case sevenZip = "7z"
  // Single files that are compressed; many of them hold a tar archive.
  case gzip, bzip2, xz, zstd, lzip
  // Setup programs whose archives have formats of their own.
  case nsis
  case innoSetup = "inno_setup"
  /// A program that has archives in its resources.
  case resources = "pe_resources"
  // Disk images, which are scanned as targets of their own.
  case vmdk, vhd, vhdx, qcow2, vdi, ewf, aff

  /// Whether it is a disk image.
  public var isDiskImage: Bool {
    switch self {
    case .vmdk, .vhd, .vhdx, .qcow2, .vdi, .ewf, .aff: true
    default: false
    }
  }
}

/// An archive that was recognised in a content.
public struct Archive: Hashable, Sendable {
  /// Its format.
  public let kind: ArchiveKind
  /// Its bytes in the content: fewer than all behind a self-extracting program.
  public let range: Range<UInt64>

  /// Creates an archive from its parts.
  public init(kind: ArchiveKind, range: Range<UInt64>) {
    self.kind = kind
    self.range = range
  }
}

/// A member as a pass over its archive meets it. All of it is the archive's own word, except its first bytes.
public struct ArchiveMember: Sendable {
  /// Kind of a member.
  public enum Kind: UInt8, Sendable {
    case file, directory, symbolicLink, hardLink, special
  }

  /// Rank in the archive, from 0.
  public var index: UInt64
  /// Kind; only files have bytes.
  public var kind: Kind
  /// Name as the archive has it; it may be absolute, or lead out of any folder.
  public var name: [UInt8]
  /// Size in bytes that its header states; nil for none.
  public var size: UInt64?
  /// First bytes: 4096, or all if there are few.
  public var head: [UInt8]
  /// Whether ``head`` is the whole member.
  public var isWhole: Bool
  /// Reason why it cannot be unpacked; nil as far as is known.
  public var problem: ItemProblem?

  /// Creates a member from its parts.
  public init(
    index: UInt64, kind: Kind, name: [UInt8], size: UInt64?, head: [UInt8], isWhole: Bool,
    problem: ItemProblem?
  ) {
    self.index = index
    self.kind = kind
    self.name = name
    self.size = size
    self.head = head
    self.isWhole = isWhole
    self.problem = problem
  }
}

/// A member that a pass over an archive meets.
public enum ListedMember: Sendable {
  /// A file that its first bytes exclude, by the judgement that was asked for; `read` is their number.
  case excluded(index: UInt64, name: [UInt8], size: UInt64?, read: UInt64)
  /// Any other.
  case member(ArchiveMember)
}

/// Support for archives that a scan is given: which contents are archives, and readers of them.
public protocol ArchiveSupport: Sendable {
  /// Whether a content of `size` bytes that begins like this may be an archive; cheap, for every item.
  func mayBeArchive(_ head: RawSpan, size: UInt64) -> Bool
  /// The archive in a content that begins like this; nil if it is none.
  func archive(in content: any OpenContent, _ head: RawSpan) throws(ItemProblem) -> Archive?
  /// Why archives of a kind cannot be opened; nil if they can.
  func refusal(of kind: ArchiveKind) -> ItemProblem?
  /// Versions of the libraries that read archives, by name.
  var libraries: [String: String] { get }
  /// A reader, for one archive at a time. It may be used again after it has failed.
  func reader() -> any ArchiveReader
}

/// Reader of archives, one at a time, on one thread at a time.
public protocol ArchiveReader: AnyObject {
  /// Lists the members of an archive in its order, until `receive` returns false. `excludes` judges files by their first
  /// bytes, a few hundred or all if there are fewer, and the size that their header states.
  func list(
    _ archive: Archive, in content: any OpenContent, within limits: ArchivePatience,
    excludes: (RawSpan, UInt64?) -> Bool, _ receive: (ListedMember) -> Bool
  ) throws(ItemProblem)

  /// Unpacks the members with these ranks, which rise, each up to `limit` bytes, and returns what there is of
  /// each with the reason why it is not all. Ends when `receive` returns false.
  func unpack(
    _ members: [UInt64], upTo limit: UInt64, of archive: Archive, in content: any OpenContent,
    within limits: ArchivePatience, _ receive: (UInt64, [UInt8], ItemProblem?) -> Bool
  ) throws(ItemProblem)
}

/// How long an archive may take.
public struct ArchivePatience: Sendable {
  /// When it is abandoned.
  public var deadline: ContinuousClock.Instant
  /// Whether nobody wants it any longer; asked a few times a second.
  public var isCancelled: @Sendable () -> Bool
  /// Threads of the scan on which members may be unpacked ahead; nil for none.
  package var spare: (any SpareSlots)?

  /// Creates a limit.
  public init(deadline: ContinuousClock.Instant, isCancelled: @escaping @Sendable () -> Bool) {
    self.deadline = deadline
    self.isCancelled = isCancelled
  }
}

/// Threads of a scan that may be idle.
package protocol SpareSlots: Sendable {
  /// Whether one is idle; it is counted as busy then.
  func acquire() -> Bool
  /// Ends the work on it.
  func release()
}
