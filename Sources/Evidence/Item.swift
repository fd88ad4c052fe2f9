public import Bytes

/// One scannable byte sequence inside evidence: a value that waits in a queue. Nothing is open
/// until a worker opens it.
public struct Item: Sendable {
  /// Location.
  public let locator: Locator
  /// Access to its bytes.
  public let content: any ItemContent

  /// Creates an item from its parts.
  public init(locator: Locator, content: any ItemContent) {
    self.locator = locator
    self.content = content
  }
}

/// Bytes of an item before they are opened.
public protocol ItemContent: Sendable {
  /// Opens the content for one worker; throws the reason why it cannot be scanned.
  func open() throws(ItemProblem) -> any OpenContent
  /// Number that distinguishes items of one source with equal locators; nil if there are none.
  var discriminator: UInt64? { get }
  /// Current state by which a change is noticed; nil if its evidence keeps none, or it cannot be asked.
  func state() -> ContentState?
  /// Whether ``readAhead()`` does something.
  var canBeReadAhead: Bool { get }
  /// Has the system read the first bytes into its memory.
  func readAhead()
}

extension ItemContent {
  /// Most locators are unique.
  public var discriminator: UInt64? { nil }
  /// Most evidence is checked as a whole.
  public func state() -> ContentState? { nil }
  /// Most sources read in the order of their medium.
  public var canBeReadAhead: Bool { false }
  /// Does nothing.
  public func readAhead() {}
}

/// State of a file by which a change of its content is noticed.
public struct ContentState: Hashable, Sendable {
  /// The size in bytes.
  public let size: UInt64
  /// Last change of the content.
  public let modified: Timestamp
  /// Last change of the metadata.
  public let changed: Timestamp

  /// Creates a state from its parts.
  public init(size: UInt64, modified: Timestamp, changed: Timestamp) {
    self.size = size
    self.modified = modified
    self.changed = changed
  }
}

/// Bytes of an item while one worker has them open; closed with the last reference.
public protocol OpenContent: AnyObject {
  /// Facts that are known without reading.
  var facts: ContentFacts { get }

  /// Times of the file; read for findings only.
  var times: FileTimes { get }

  /// Inode number in the file system, in TSK's form for images; read for findings only.
  var inode: String? { get }

  /// Location of the content if it is complete in memory or can be mapped; otherwise it is read.
  var residence: ContentResidence { get }

  /// Problem of content that could not be read so far and was replaced by zeros; nil if none is missing.
  var damage: ItemProblem? { get }
  /// Number of reads so far in which zeros replaced bytes.
  var damagedReads: Int { get }
  /// Bytes of the medium that could not be read so far; empty where the content is not on a medium.
  var lost: [Range<UInt64>] { get }
  /// State when it was opened, by which a change is noticed; nil if its evidence keeps none.
  var state: ContentState? { get }

  /// Number of bytes from `offset` that are known to be zeros without reading them; 0 if nothing is
  /// known. More zeros may follow.
  func zeros(from offset: UInt64) -> UInt64

  /// Fills `buffer` with the bytes from `offset`; returns their number, fewer only at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ItemProblem)
    -> Int
}

extension OpenContent {
  /// Most contents are read as they are, or not at all.
  public var damage: ItemProblem? { nil }
  /// Most contents are never damaged, or were before they were opened.
  public var damagedReads: Int { 0 }
  /// Most contents are not on a medium.
  public var lost: [Range<UInt64>] { [] }
  /// Most evidence is checked as a whole.
  public var state: ContentState? { nil }

  /// Most contents have no holes.
  public func zeros(from offset: UInt64) -> UInt64 { 0 }
}

/// Location at which an item's bytes are available without a copy.
public enum ContentResidence: @unchecked Sendable {
  /// None: they must be read.
  case elsewhere
  /// Memory of this process.
  case memory([UInt8])
  /// Memory of the host, which neither changes nor releases it while the content is in use.
  case borrowed(UnsafeRawBufferPointer)
  /// Files that may be mapped, piece after piece, by descriptors that the content keeps open.
  case files([FilePiece])
}

/// Facts about an item that are known without reading it.
public struct ContentFacts: Hashable, Sendable {
  /// The size in bytes.
  public let size: UInt64
  /// Identity of this content within the scan; nil where its locator is unique.
  public let identity: ContentIdentity?
  /// Whether the content may have other paths (hard links).
  public let hasOtherPaths: Bool

  /// Creates the facts of one content.
  public init(size: UInt64, identity: ContentIdentity? = nil, hasOtherPaths: Bool = false) {
    self.size = size
    self.identity = identity
    self.hasOtherPaths = hasOtherPaths
  }
}

/// Identity of a content in one file system, independent of its names.
public struct ContentIdentity: Hashable, Sendable {
  /// Image that contains the file system; nil for a live one.
  public let image: RawPath?
  /// Device number of a live file system (stat(2), st_dev), or offset in bytes of an image's
  /// volume.
  public let device: UInt64
  /// Inode number in it.
  public let inode: UInt64
  /// Number of the stream, 0 for the only one.
  public let stream: UInt64

  /// Creates an identity from its numbers.
  public init(image: RawPath? = nil, device: UInt64, inode: UInt64, stream: UInt64 = 0) {
    self.image = image
    self.device = device
    self.inode = inode
    self.stream = stream
  }
}
