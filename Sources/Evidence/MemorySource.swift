public import Bytes

/// Bytes in memory as evidence: one item a name.
public struct MemorySource: ItemSource {
  private let items: [(name: RawPath, bytes: [UInt8])]

  /// One item, called `name`.
  public init(name: RawPath, bytes: [UInt8]) { items = [(name, bytes)] }

  /// An item of each pair, in order.
  public init(_ items: [(name: RawPath, bytes: [UInt8])]) { self.items = items }

  /// The items, each as evidence of its own.
  public var evidence: [EvidenceDescription] {
    items.map { EvidenceDescription(name: $0.name, kind: .memory, size: UInt64($0.bytes.count)) }
  }

  /// Pushes the items in order.
  public func push(to receiver: any ItemReceiver) {
    for (name, bytes) in items where !receiver.isCancelled {
      receiver.receive(
        Item(locator: Locator(evidence: name, path: name), content: MemoryContent(bytes: bytes)))
    }
  }
}

private struct MemoryContent: ItemContent {
  let bytes: [UInt8]

  func open() throws(ItemProblem) -> any OpenContent { Opened(bytes: bytes) }

  private final class Opened: OpenContent {
    let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    var facts: ContentFacts { ContentFacts(size: UInt64(bytes.count)) }
    var times: FileTimes { FileTimes() }
    var inode: String? { nil }
    var residence: ContentResidence { .memory(bytes) }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ItemProblem)
      -> Int
    {
      let rest = bytes.dropFirst(Int(clamping: offset))
      buffer.copyBytes(from: rest.prefix(buffer.count))
      return min(rest.count, buffer.count)
    }
  }
}
