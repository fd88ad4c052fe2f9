public import Bytes

/// A source of one item that a function of the host reads. Use it for evidence that this
/// package does not support, such as an object store or another tool's container.
public struct ReaderSource: ItemSource {
  /// Fills the buffer with the bytes from an offset and returns their number, fewer than
  /// requested only at the end. Called by one worker at a time for one item.
  public typealias Read =
    @Sendable (_ buffer: UnsafeMutableRawBufferPointer, _ offset: UInt64) throws(ItemProblem) -> Int

  /// Returns the number of bytes from an offset that are known to be zeros, 0 if nothing is known.
  /// More zeros may follow. They are not read.
  public typealias Zeros = @Sendable (_ offset: UInt64) -> UInt64

  private let name: RawPath
  private let content: Content

  /// Creates an item called `name` of `size` bytes, read by `read`. A sparse item is scanned without
  /// reading its holes if `zeros` tells where they are.
  public init(
    name: RawPath, size: UInt64, zeros: @escaping Zeros = { _ in 0 }, read: @escaping Read
  ) {
    self.name = name
    content = Content(size: size, zeros: zeros, read: read)
  }

  /// The item as evidence.
  public var evidence: [EvidenceDescription] {
    [EvidenceDescription(name: name, kind: .stream, size: content.size)]
  }

  /// Pushes the item.
  public func push(to receiver: any ItemReceiver) { receiver.receive(item) }

  /// The item.
  package var item: Item { Item(locator: Locator(evidence: name, path: name), content: content) }

  private struct Content: ItemContent {
    let size: UInt64
    let zeros: Zeros
    let read: Read

    func open() throws(ItemProblem) -> any OpenContent { Opened(content: self) }
  }

  private final class Opened: OpenContent {
    let facts: ContentFacts
    private let content: Content

    init(content: Content) {
      facts = ContentFacts(size: content.size)
      self.content = content
    }

    var times: FileTimes { FileTimes() }
    var inode: String? { nil }
    var residence: ContentResidence { .elsewhere }

    func zeros(from offset: UInt64) -> UInt64 {
      offset < content.size ? min(content.zeros(offset), content.size - offset) : 0
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ItemProblem)
      -> Int
    {
      // Clamp the host's return value to the buffer.
      max(0, min(try content.read(buffer, offset), buffer.count))
    }
  }
}
