public import Bytes

/// Content that a function of the host reads: one item. The way in for evidence that this package
/// knows nothing of, such as an object store or another tool's container.
public struct ReaderSource: ItemSource {
  /// Fills the buffer with the bytes from an offset on and answers how many, fewer than asked only
  /// at the end. Called by one worker at a time for one item.
  public typealias Read =
    @Sendable (_ buffer: UnsafeMutableRawBufferPointer, _ offset: UInt64) throws(ItemProblem) -> Int

  private let name: RawPath
  private let size: UInt64
  private let read: Read

  /// An item called `name` of `size` bytes, read by `read`.
  public init(name: RawPath, size: UInt64, read: @escaping Read) {
    self.name = name
    self.size = size
    self.read = read
  }

  /// The one item.
  public var evidence: [EvidenceDescription] {
    [EvidenceDescription(name: name, kind: .stream, size: size)]
  }

  /// Pushes the one item.
  public func push(to receiver: any ItemReceiver) {
    receiver.receive(
      Item(
        locator: Locator(evidence: name, path: name), content: Content(size: size, read: read)))
  }

  private struct Content: ItemContent {
    let size: UInt64
    let read: Read

    func open() throws(ItemProblem) -> any OpenContent { Opened(size: size, read: read) }
  }

  private final class Opened: OpenContent {
    let facts: ContentFacts
    private let readBytes: Read

    init(size: UInt64, read: @escaping Read) {
      facts = ContentFacts(size: size)
      readBytes = read
    }

    var times: FileTimes { FileTimes() }
    var inode: String? { nil }
    var residence: ContentResidence { .elsewhere }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ItemProblem)
      -> Int
    {
      // The host's answer is not trusted further than the buffer reaches.
      max(0, min(try readBytes(buffer, offset), buffer.count))
    }
  }
}
