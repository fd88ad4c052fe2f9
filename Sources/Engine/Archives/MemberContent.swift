import Bytes
import Evidence

/// Content of a member of an archive: its first bytes, or all that was unpacked. It has the times of the file that it
/// is inside of.
final class MemberContent: ItemContent, @unchecked Sendable {
  // One worker has it, until it is done and the bytes are released.
  private var bytes: [UInt8]
  private let size: UInt64
  private let damage: ItemProblem?
  private let outer: MemberOrigin
  let discriminator: UInt64?

  init(_ bytes: [UInt8], size: UInt64, damage: ItemProblem?, index: UInt64, of outer: MemberOrigin)
  {
    self.bytes = bytes
    self.size = size
    self.damage = damage
    self.outer = outer
    discriminator = outer.discriminator(of: index)
  }

  func open() throws(ItemProblem) -> any OpenContent { Opened(bytes, self) }

  /// Lets go of the bytes: an item that waits for others keeps its content.
  func release() { bytes = [] }

  private final class Opened: OpenContent {
    private let bytes: [UInt8]
    private let content: MemberContent

    init(_ bytes: [UInt8], _ content: MemberContent) {
      self.bytes = bytes
      self.content = content
    }

    var facts: ContentFacts { ContentFacts(size: content.size) }
    var times: FileTimes { content.outer.times }
    var inode: String? { content.outer.inode }
    var residence: ContentResidence { .memory(bytes) }
    var damage: ItemProblem? { content.damage }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ItemProblem)
      -> Int
    {
      bytes.withUnsafeBytes { bytes in
        let rest = bytes.dropFirst(Int(clamping: offset)).prefix(buffer.count)
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: rest))
        return rest.count
      }
    }
  }
}
