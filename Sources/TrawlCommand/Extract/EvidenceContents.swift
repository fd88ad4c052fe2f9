import Bytes
import Evidence
import Glibc
import Images
import Locks

/// The content of a file of a live file system.
enum LiveContent {
  /// Opens a file below its evidence, or the evidence itself, without following a link on the way.
  static func open(_ path: RawPath, in place: RawPath) throws(ItemProblem) -> any OpenContent {
    guard path.isInside(place) else { throw ItemProblem(.unreadable, "it is not in its evidence") }
    let names = path.bytes.dropFirst(place.bytes.count).split(separator: UInt8(ascii: "/"))
    guard !names.contains(where: { $0.elementsEqual("..".utf8) }) else {
      throw ItemProblem(.unreadable, "its path leads out of its evidence")
    }
    let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
    // The evidence was named by the user, who may have meant a link.
    var descriptor = place.withCString { Glibc.open($0, flags) } ?? -1
    for name in names where descriptor >= 0 {
      let next =
        RawPath(Array(name)).withCString { openat(descriptor, $0, flags | O_NOFOLLOW) } ?? -1
      let number = errno
      close(descriptor)
      errno = number
      descriptor = next
    }
    guard descriptor >= 0 else {
      throw ItemProblem(.unreadable, "cannot be opened: \(String(cString: strerror(errno)))")
    }
    return try Opened(descriptor)
  }

  private final class Opened: OpenContent {
    private let descriptor: Descriptor
    let facts: ContentFacts

    init(_ number: Int32) throws(ItemProblem) {
      let descriptor = Descriptor(adopting: number)
      var status = stat()
      guard fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        throw ItemProblem(.unreadable, "it is no longer a file")
      }
      facts = ContentFacts(size: UInt64(clamping: status.st_size))
      self.descriptor = descriptor
    }

    var times: FileTimes { FileTimes() }
    var inode: String? { nil }
    var residence: ContentResidence { .elsewhere }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(ItemProblem)
      -> Int
    {
      do throws(SystemCallError) { return try descriptor.read(into: buffer, at: offset) } catch {
        throw ItemProblem(.unreadable, "cannot be read: \(error.words)")
      }
    }
  }
}

/// Items of an image that are wanted, by their locators.
struct WantedItems {
  private var indices: [Locator: [Int]] = [:]

  /// Wants one item for each locator; the evidence may be known by another name now.
  init(_ locators: [Locator]) {
    for (index, locator) in locators.enumerated() {
      indices[Self.key(of: locator), default: []].append(index)
    }
  }

  private static func key(of locator: Locator) -> Locator {
    var key = locator
    key.evidence = ""
    return key
  }

  /// Lists an image, and passes on each wanted item with its index, on one thread.
  func collect(from source: ImageSource, _ body: @escaping @Sendable (Int, Item) -> Void) {
    source.push(to: Receiver(indices, body))
  }

  private final class Receiver: ItemReceiver {
    private let wanted: Locked<[Locator: [Int]]>
    private let body: @Sendable (Int, Item) -> Void

    init(_ wanted: [Locator: [Int]], _ body: @escaping @Sendable (Int, Item) -> Void) {
      self.wanted = Locked(wanted)
      self.body = body
    }

    func receive(_ item: Item) {
      let index = wanted.withLock { wanted -> Int? in
        let key = WantedItems.key(of: item.locator)
        guard var indices = wanted[key], let index = indices.popLast() else { return nil }
        wanted[key] = indices.isEmpty ? nil : indices
        return index
      }
      if let index { body(index, item) }
    }

    func report(_ problem: ItemProblem, at locator: Locator) {}
    func ignore(_ kind: IgnoredKind, at path: RawPath?) {}
    var isCancelled: Bool { wanted.withLock { $0.isEmpty } }
  }
}
