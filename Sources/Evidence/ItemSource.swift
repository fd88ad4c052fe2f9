public import Bytes

/// Where items come from. A source does not know what will be done with them.
public protocol ItemSource: Sendable {
  /// What the source was pointed at, for the record of the scan.
  var evidence: [EvidenceDescription] { get }

  /// Pushes every item to `receiver`, from any number of threads, and returns when all are pushed
  /// or the receiver has had enough. What goes wrong is reported, never thrown.
  func push(to receiver: any ItemReceiver)
}

/// Who takes the items of a source.
public protocol ItemReceiver: Sendable {
  /// Takes one item; may work it on the calling thread when its queue is full.
  func receive(_ item: Item)

  /// Takes note of something that is evidence but cannot become an item, such as a device.
  func report(_ problem: ItemProblem, at locator: Locator)

  /// Takes note of something that is not evidence, and of where it was if that is worth a line.
  func ignore(_ kind: IgnoredKind, at path: RawPath?)

  /// Takes the account of a disk image, once all of it was pushed. What its items made it decode, `chunks` says
  /// when they are done.
  func account(for medium: MediumAccount, chunks: @escaping @Sendable () -> MediumChunks?)

  /// Whether the source should stop.
  var isCancelled: Bool { get }
}

extension ItemReceiver {
  /// Does nothing: for receivers that keep no account.
  public func account(
    for medium: MediumAccount, chunks: @escaping @Sendable () -> MediumChunks?
  ) {}
}

/// What a source passes by without its being an item; counted in the summary.
public enum IgnoredKind: String, Hashable, Sendable, CaseIterable {
  case directories
  case symbolicLinks = "symbolic_links"
  case excluded
  case otherFileSystems = "other_file_systems"
  case pseudoFileSystems = "pseudo_file_systems"
  case hardLinks = "hard_links"
  /// Devices, pipes and sockets inside an image: names without content.
  case specialFiles = "special_files"
  /// Deleted names whose metadata belongs to another file by now.
  case reallocatedNames = "reallocated_names"
  /// Deleted names whose metadata is gone.
  case namesWithoutContent = "names_without_content"
}

/// What a scan was pointed at.
public struct EvidenceDescription: Hashable, Sendable {
  /// As the user named it.
  public let name: RawPath
  /// What it turned out to be.
  public let kind: Kind
  /// Its size in bytes, where it has one.
  public let size: UInt64?

  /// The kinds of evidence.
  public enum Kind: String, Hashable, Sendable {
    case file, directory, image, device, memory, stream, missing, other
  }

  /// A description of these parts.
  public init(name: RawPath, kind: Kind, size: UInt64?) {
    self.name = name
    self.kind = kind
    self.size = size
  }
}
