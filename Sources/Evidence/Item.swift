public import Bytes

/// One scannable byte sequence inside evidence. It is a value that waits in a queue: nothing is open
/// until a worker opens it.
public struct Item: Sendable {
  /// Where it is.
  public let locator: Locator
  /// How to get at its bytes.
  public let content: any ItemContent

  /// An item of these parts.
  public init(locator: Locator, content: any ItemContent) {
    self.locator = locator
    self.content = content
  }
}

/// The bytes of an item before they are opened.
public protocol ItemContent: Sendable {
  /// Opens the content for one worker; throws the reason why it cannot be scanned.
  func open() throws(ItemProblem) -> any OpenContent
}

/// The bytes of an item while one worker has them open; closed when the last reference goes.
public protocol OpenContent: AnyObject {
  /// What is known without reading.
  var facts: ContentFacts { get }

  /// The times of the file; asked for findings only.
  var times: FileTimes { get }

  /// The inode as the file system numbers it, in TSK's form for images; asked for findings only.
  var inode: String? { get }

  /// The content where it already lies whole in memory or can be mapped; else it is read.
  var residence: ContentResidence { get }

  /// Fills `buffer` with the bytes from `offset` on; answers how many, fewer only at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ItemProblem)
    -> Int
}

/// Where the bytes of an item can be had without copying them.
public enum ContentResidence: Sendable {
  /// Nowhere: they must be read.
  case elsewhere
  /// In memory of ours.
  case memory([UInt8])
  /// In files that may be mapped, piece behind piece, by open descriptors that the content keeps open.
  case files([FilePiece])
}

/// What is known of an item without reading it.
public struct ContentFacts: Hashable, Sendable {
  /// The size in bytes.
  public let size: UInt64
  /// What tells this content from every other of the scan; nil where its locator does that.
  public let identity: ContentIdentity?
  /// Whether other paths may lead to the same content (hard links).
  public let hasOtherPaths: Bool

  /// Facts of one content.
  public init(size: UInt64, identity: ContentIdentity? = nil, hasOtherPaths: Bool = false) {
    self.size = size
    self.identity = identity
    self.hasOtherPaths = hasOtherPaths
  }
}

/// A content of one file system, whatever its names.
public struct ContentIdentity: Hashable, Sendable {
  /// The image that the file system is in; nil for a live one.
  public let image: RawPath?
  /// The device number of a live file system (stat(2), st_dev); the first byte of a volume of an image.
  public let device: UInt64
  /// The inode number there.
  public let inode: UInt64
  /// The number of the stream, 0 for the only one.
  public let stream: UInt64

  /// A content by its numbers.
  public init(image: RawPath? = nil, device: UInt64, inode: UInt64, stream: UInt64 = 0) {
    self.image = image
    self.device = device
    self.inode = inode
    self.stream = stream
  }
}
