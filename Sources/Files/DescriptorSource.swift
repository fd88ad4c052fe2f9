public import Bytes
public import Evidence

/// A file that the host has opened, as evidence: one item. Its position is neither used nor changed.
public struct DescriptorSource: ItemSource {
  private let name: RawPath
  private let content: DescriptorContent

  /// Creates a source of the file behind `descriptor`, called `name`. The host keeps it open until
  /// the scan has ended.
  public init(name: RawPath, descriptor: Int32) {
    self.name = name
    content = DescriptorContent(descriptor: descriptor)
  }

  /// Creates a source of the file behind `descriptor`, called `name`. The host may close it at once.
  public init(name: RawPath, copying descriptor: Int32) throws(SystemCallError) {
    self.name = name
    content = try DescriptorContent(copying: descriptor)
  }

  /// The file, with its size.
  public var evidence: [EvidenceDescription] {
    [EvidenceDescription(name: name, kind: .file, size: (try? content.open())?.facts.size)]
  }

  /// Pushes the file.
  public func push(to receiver: any ItemReceiver) { receiver.receive(item) }

  /// The file as an item.
  package var item: Item { Item(locator: Locator(evidence: name, path: name), content: content) }
}
