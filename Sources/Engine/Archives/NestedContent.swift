import Evidence

/// Content of a file in an image that is itself the content of an item. What it says of places is about the inner image,
/// and is left out.
struct NestedContent: ItemContent {
  let inner: any ItemContent
  let discriminator: UInt64?

  /// The content of `item` in the image that `origin` describes.
  init(_ item: Item, of origin: MemberOrigin) {
    inner = item.content
    // Carved items have no number, but a place.
    let place = (item.locator.runs.first?.offset ?? 0) &* 0xD6E8_FEB8_6659_FD93
    discriminator = origin.discriminator(of: (inner.discriminator ?? 0) ^ place)
  }

  func open() throws(ItemProblem) -> any OpenContent { Opened(try inner.open()) }

  private final class Opened: OpenContent {
    private let inner: any OpenContent

    init(_ inner: any OpenContent) { self.inner = inner }

    /// Without its identity, which a case would take for one in the outer image: each name is an item.
    var facts: ContentFacts { ContentFacts(size: inner.facts.size) }
    var times: FileTimes { inner.times }
    var inode: String? { inner.inode }
    var residence: ContentResidence { inner.residence }
    var damage: ItemProblem? { inner.damage }
    var damagedReads: Int { inner.damagedReads }

    func zeros(from offset: UInt64) -> UInt64 { inner.zeros(from: offset) }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ItemProblem)
      -> Int
    {
      try inner.read(into: buffer, at: offset)
    }
  }
}
