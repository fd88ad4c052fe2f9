public import Bytes

/// Support for disk images that are met as files: which contents are images, and the items in them.
public protocol ImageSupport: Sendable {
  /// Whether a content of `size` bytes that begins like this may be an image; cheap, for every item.
  func mayBeImage(_ head: RawSpan, size: UInt64) -> Bool

  /// Whether a content is an image, by its own bytes.
  func isImage(_ content: any OpenContent) throws(ItemProblem) -> Bool

  /// Pushes the items of the image in a content to `receiver`, on this thread, and returns when all are pushed. Their
  /// evidence is `name`. Throws if the image cannot be opened.
  func push(_ content: any OpenContent, named name: RawPath, to receiver: any ItemReceiver)
    throws(ItemProblem)
}
