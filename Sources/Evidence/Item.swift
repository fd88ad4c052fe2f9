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
  /// In a file that may be mapped, by this open descriptor, which the content owns.
  case descriptor(Int32)
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

/// A file of a live file system, whatever its names.
public struct ContentIdentity: Hashable, Sendable {
  /// The device number (stat(2), st_dev).
  public let device: UInt64
  /// The inode number on that device.
  public let inode: UInt64

  /// A file by its numbers.
  public init(device: UInt64, inode: UInt64) {
    self.device = device
    self.inode = inode
  }
}
