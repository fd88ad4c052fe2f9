public import Bytes

/// A source of items. A source does not know how they are processed.
public protocol ItemSource: Sendable {
  /// Evidence that the source was started on, for the record of the scan.
  var evidence: [EvidenceDescription] { get }

  /// Pushes every item to `receiver`, from any number of threads, and returns when all are pushed
  /// or the receiver is cancelled. Problems are reported, never thrown.
  func push(to receiver: any ItemReceiver)
}

/// Receiver of a source's items.
public protocol ItemReceiver: Sendable {
  /// Receives one item; may process it on the calling thread if its queue is full.
  func receive(_ item: Item)

  /// Records something that is evidence but cannot become an item, such as a device.
  func report(_ problem: ItemProblem, at locator: Locator)

  /// Records something that is not evidence, with its path if that is worth a line.
  func ignore(_ kind: IgnoredKind, at path: RawPath?)

  /// Receives the account of a disk image, once all of it was pushed. Call
  /// `completing` when its items are done: it adds the chunks decoded and the bytes lost for them.
  func account(
    for medium: MediumAccount, completing: @escaping @Sendable (inout MediumAccount) -> Void)

  /// Receives the description of a disk image, before its items.
  func describe(_ medium: MediumDescription)

  /// Notes that a source has come to byte `position` of evidence of `size` bytes.
  func advance(to position: UInt64, of size: UInt64, in evidence: RawPath)

  /// Whether the source should stop.
  var isCancelled: Bool { get }
}

extension ItemReceiver {
  /// Does nothing, for receivers that keep no account.
  public func account(
    for medium: MediumAccount, completing: @escaping @Sendable (inout MediumAccount) -> Void
  ) {}

  /// Does nothing, for receivers that keep no description.
  public func describe(_ medium: MediumDescription) {}

  /// Does nothing, for receivers that show no progress.
  public func advance(to position: UInt64, of size: UInt64, in evidence: RawPath) {}
}

/// Entries that a source ignores because they are not items; counted in the summary.
public enum IgnoredKind: String, Hashable, Sendable, CaseIterable, Codable {
  case directories
  case symbolicLinks = "symbolic_links"
  case excluded
  case otherFileSystems = "other_file_systems"
  case pseudoFileSystems = "pseudo_file_systems"
  case hardLinks = "hard_links"
  /// Devices, pipes and sockets inside an image: names without content.
  case specialFiles = "special_files"
  /// Deleted names whose metadata now belongs to another file.
  case reallocatedNames = "reallocated_names"
  /// Deleted names whose metadata is gone.
  case namesWithoutContent = "names_without_content"
  /// Archives that the policy does not open, and that match no rule themselves.
  case archives
}

/// Evidence that a scan was started on.
public struct EvidenceDescription: Hashable, Sendable, Codable {
  /// Name given by the user.
  public let name: RawPath
  /// Kind of evidence that it was found to be.
  public let kind: Kind
  /// Size in bytes, if it has one.
  public let size: UInt64?

  /// The kinds of evidence.
  public enum Kind: String, Hashable, Sendable, Codable {
    case file, directory, image, device, memory, stream, missing, other
  }

  /// Creates a description from its parts.
  public init(name: RawPath, kind: Kind, size: UInt64?) {
    self.name = name
    self.kind = kind
    self.size = size
  }
}
