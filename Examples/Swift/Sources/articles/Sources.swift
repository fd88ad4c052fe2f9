import Trawl

/// Messages of a mail store, each an item.
struct MailStore: ItemSource {
  let name: RawPath
  let messages: [String: [UInt8]]

  var evidence: [EvidenceDescription] {
    [EvidenceDescription(name: name, kind: .other, size: nil)]
  }

  func push(to receiver: any ItemReceiver) {
    for (number, bytes) in messages where !receiver.isCancelled {
      let locator = Locator(evidence: name, path: RawPath("/" + number))
      if bytes.isEmpty {
        receiver.report(ItemProblem(.unreadable, "the message is lost"), at: locator)
      } else {
        receiver.receive(Item(locator: locator, content: Message(bytes: bytes)))
      }
    }
  }
}

/// A message before it is opened: a value that waits in a queue.
struct Message: ItemContent {
  let bytes: [UInt8]

  func open() throws(ItemProblem) -> any OpenContent { OpenMessage(bytes) }
}

/// A message while one worker has it open.
final class OpenMessage: OpenContent {
  let facts: ContentFacts
  let times = FileTimes()
  let inode: String? = nil
  let residence: ContentResidence

  init(_ bytes: [UInt8]) {
    facts = ContentFacts(size: UInt64(bytes.count))
    residence = .memory(bytes)
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ItemProblem)
    -> Int
  {
    guard case .memory(let bytes) = residence else { return 0 }
    let rest = bytes.dropFirst(Int(clamping: offset)).prefix(buffer.count)
    buffer.copyBytes(from: rest)
    return rest.count
  }
}

enum Sources {
  static func mail() throws -> Summary {
    let store = MailStore(
      name: "mail", messages: ["1": Array("hello".utf8), "2": [], "3": Array("bye".utf8)])
    return try Scan([store], with: OwnRules.ruleSet()).run { print($0) }
  }

  /// One item, read by a function.
  static func object(_ size: UInt64, fetch: @escaping @Sendable (UInt64, Int) -> [UInt8]?) throws
    -> Summary
  {
    let source = ReaderSource(name: "bucket/object", size: size) {
      buffer, offset throws(ItemProblem) in
      guard let bytes = fetch(offset, buffer.count) else {
        throw ItemProblem(.unreadable, "the object store does not answer")
      }
      buffer.copyBytes(from: bytes)
      return bytes.count
    }
    return try Scan([source], with: OwnRules.ruleSet()).run { print($0) }
  }
}
