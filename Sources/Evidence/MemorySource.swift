public import Bytes

/// Bytes in memory as evidence: one item per name.
public struct MemorySource: ItemSource {
  private let items: [(name: RawPath, content: MemoryContent)]

  /// Creates a source of one item called `name`.
  public init(name: RawPath, bytes: [UInt8]) { self.init([(name, bytes)]) }

  /// Creates a source of one item per pair, in order.
  public init(_ items: [(name: RawPath, bytes: [UInt8])]) {
    self.items = items.map { ($0.name, MemoryContent(storage: .owned($0.bytes))) }
  }

  /// Creates a source of one item called `name` without copying its bytes. They must neither change
  /// nor be released before the scan has released the source. `owner` is kept until then.
  public init(
    name: RawPath, borrowing bytes: UnsafeRawBufferPointer, owner: (any AnyObject & Sendable)? = nil
  ) {
    items = [(name, MemoryContent(storage: .borrowed(bytes, owner)))]
  }

  /// An item whose bytes are not copied; the caller keeps them until it is scanned.
  package static func item(name: RawPath, borrowing bytes: UnsafeRawBufferPointer) -> Item {
    Item(
      locator: Locator(evidence: name, path: name),
      content: MemoryContent(storage: .borrowed(bytes, nil)))
  }

  /// The items, each as separate evidence.
  public var evidence: [EvidenceDescription] {
    items.map { EvidenceDescription(name: $0.name, kind: .memory, size: UInt64($0.content.count)) }
  }

  /// Pushes the items in order.
  public func push(to receiver: any ItemReceiver) {
    for (name, content) in items where !receiver.isCancelled {
      receiver.receive(Item(locator: Locator(evidence: name, path: name), content: content))
    }
  }
}

private struct MemoryContent: ItemContent {
  let storage: Storage

  /// Memory that holds the bytes. The host answers for borrowed bytes.
  enum Storage: @unchecked Sendable {
    case owned([UInt8])
    case borrowed(UnsafeRawBufferPointer, (any AnyObject & Sendable)?)
  }

  var count: Int {
    switch storage {
    case .owned(let bytes): bytes.count
    case .borrowed(let bytes, _): bytes.count
    }
  }

  func open() throws(ItemProblem) -> any OpenContent { Opened(content: self) }

  private final class Opened: OpenContent {
    let content: MemoryContent

    init(content: MemoryContent) { self.content = content }

    var facts: ContentFacts { ContentFacts(size: UInt64(content.count)) }
    var times: FileTimes { FileTimes() }
    var inode: String? { nil }
    var residence: ContentResidence {
      switch content.storage {
      case .owned(let bytes): .memory(bytes)
      case .borrowed(let bytes, _): .borrowed(bytes)
      }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ItemProblem)
      -> Int
    {
      switch content.storage {
      case .owned(let bytes): bytes.withUnsafeBytes { Self.copy($0, into: buffer, at: offset) }
      case .borrowed(let bytes, _): Self.copy(bytes, into: buffer, at: offset)
      }
    }

    private static func copy(
      _ bytes: UnsafeRawBufferPointer, into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
    ) -> Int {
      let rest = bytes.dropFirst(Int(clamping: offset)).prefix(buffer.count)
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: rest))
      return rest.count
    }
  }
}
