import Bytes
import Evidence

/// Members of a program that has archives in its resources: those resources, and the archive behind its sections, if
/// there is one. They are bytes of the file as they are, so no helper process is needed.
struct ProgramReader {
  private let content: any OpenContent
  private let members: [ProgramResources.Resource]
  private let isCut: Bool

  /// Name of what is behind the sections.
  static let overlay = "overlay"

  /// Looks for the members of the program in `content`.
  init(_ content: any OpenContent) throws(ItemProblem) {
    self.content = content
    let head = try content.bytes(at: 0, count: ArchiveSignature.headSize)
    let resources = try ProgramResources(of: content, head.span.bytes, depth: 0)
    var members = resources.archives
    if let behind = try Archives.archive(behind: content, head.span.bytes) {
      members.append(ProgramResources.Resource(name: Self.overlay, range: behind.range))
    }
    self.members = members
    isCut = resources.isCut
  }

  /// Lists the members, until `receive` returns false.
  func list(within limits: ArchivePatience, _ receive: (ListedMember) -> Bool) throws(ItemProblem) {
    for (index, member) in members.enumerated() {
      try limits.check()
      let size = member.range.count
      let isWhole = size <= ArchiveHelper.wholeLength
      let head = try content.bytes(
        at: member.range.lowerBound, count: isWhole ? size : ArchiveSignature.headSize)
      let listed = ArchiveMember(
        index: UInt64(index), kind: .file, name: Array(member.name.utf8), size: UInt64(size),
        head: head, isWhole: isWhole, problem: nil)
      guard receive(.member(listed)) else { return }
    }
    if isCut {
      throw ItemProblem(
        .tooLarge,
        "its resources have more than \(ProgramResources.mostEntries) entries, the limit; extract and scan them"
      )
    }
  }

  /// Reads members, until `receive` returns false.
  func unpack(
    _ members: [UInt64], upTo limit: UInt64, within limits: ArchivePatience,
    _ receive: (UInt64, [UInt8], ItemProblem?) -> Bool
  ) throws(ItemProblem) {
    for index in members {
      try limits.check()
      guard index < UInt64(self.members.count) else { return }
      let range = self.members[Int(index)].range
      let count = min(UInt64(range.count), limit)
      let bytes = try content.bytes(at: range.lowerBound, count: Int(count))
      let problem: ItemProblem? =
        if UInt64(bytes.count) < count {
          ItemProblem(.unreadable, "the program ends before it")
        } else if UInt64(range.count) > limit {
          ItemProblem(
            .tooLarge,
            "it has more than \(limit) bytes, the memory left for it; raise it (--memory)")
        } else {
          nil
        }
      guard receive(index, bytes, problem) else { return }
    }
  }
}

/// A part of a content, read as a content of its own.
final class ContentPart: OpenContent {
  private let whole: any OpenContent
  private let range: Range<UInt64>

  /// Creates the part in `range`, which `whole` has.
  init(_ whole: any OpenContent, _ range: Range<UInt64>) {
    self.whole = whole
    self.range = range
  }

  var facts: ContentFacts { ContentFacts(size: UInt64(range.count)) }
  var times: FileTimes { whole.times }
  var inode: String? { whole.inode }
  var residence: ContentResidence { .elsewhere }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ItemProblem)
    -> Int
  {
    guard offset < UInt64(range.count) else { return 0 }
    let count = min(UInt64(buffer.count), UInt64(range.count) - offset)
    return try whole.read(
      into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(count)]),
      at: range.lowerBound + offset)
  }
}
