import Bytes
import Evidence
import Findings
import Glibc
import Identity
import Locks
import Traces

/// Items that other items need, and the postponed items that need them, until all items were seen: registry
/// hives and databases and their logs, unsigned programs and catalogue files. It keeps no file open.
final class Companions: Sendable {
  private struct State {
    var logs: [RecordFile: [RecordLog.Kind: Item]] = [:]
    var catalogues: [Item] = []
    var logCount = 0
    var postponed: [PostponedItem] = []
    /// Files that were read with their logs.
    var complete: Set<RecordFile> = []
  }
  private let state = Locked(State())

  /// Limits of items that are kept, far above the hives and catalogues of any machine.
  private static let most = 100_000

  /// Keeps an item that an earlier run of the scan recorded, if others may need it.
  func keep(recorded item: Item) {
    keep(item)
    // It was recorded with the logs that were there.
    guard item.locator.knownPlace?.logs.isEmpty == false else { return }
    state.withLock { state in
      if state.complete.count < Self.most { state.complete.insert(RecordFile(at: item.locator)) }
    }
  }

  /// Keeps an item if others may need it; most are not kept.
  func keep(_ item: Item) {
    if let log = item.locator.recordLog {
      state.withLock { state in
        guard state.logCount < Self.most else { return }
        state.logCount += 1
        state.logs[log.file, default: [:]][log.kind] = item
      }
    } else if item.locator.isCatalogue {
      state.withLock { state in
        if state.catalogues.count < Self.most { state.catalogues.append(item) }
      }
    }
  }

  /// Keeps an item until ``takePostponed()``; false if too many wait.
  func postpone(_ item: PostponedItem) -> Bool {
    state.withLock { state in
      guard state.postponed.count < Self.most else { return false }
      state.postponed.append(item)
      return true
    }
  }

  /// Whether any item waits.
  var hasPostponed: Bool { state.withLock { !$0.postponed.isEmpty } }

  /// Releases all items.
  func clear() { state.withLock { $0 = State() } }

  /// Items that wait, in the order in which they came, but logs behind the files that are read with them.
  func takePostponed() -> [PostponedItem] {
    state.withLock { state in
      defer { state.postponed = [] }
      return state.postponed.filter { !$0.isLog } + state.postponed.filter(\.isLog)
    }
  }

  // MARK: Logs

  /// Contents of the logs of the file at `locator`, among the items, or beside a file that is a target of its own. A
  /// log that cannot be read is ignored here: as an item, it has its own outcome.
  func logs(
    of locator: Locator, isFile: Bool, _ reader: inout ContentReader, _ policy: ReadingPolicy
  ) -> [RecordLog.Kind: [UInt8]] {
    let items = state.withLock { $0.logs[RecordFile(at: locator)] ?? [:] }
    var logs = [RecordLog.Kind: [UInt8]]()
    for kind in locator.knownPlace?.logs ?? [] {
      let log =
        items[kind].map { reader.copy(of: $0) }
        ?? (isFile && locator.isTarget ? Self.beside(locator, kind, policy.memoryBudget) : nil)
      if let log, !log.isEmpty { logs[kind] = log }
    }
    if !logs.isEmpty {
      state.withLock { state in
        if state.complete.count < Self.most { state.complete.insert(RecordFile(at: locator)) }
      }
    }
    return logs
  }

  /// Whether the file was read with the log at `locator`.
  func isRead(logAt locator: Locator) -> Bool {
    guard let log = locator.recordLog else { return false }
    return state.withLock { $0.complete.contains(log.file) }
  }

  /// Log beside a file that is a target of its own; nil if there is none, or it is longer than `limit`.
  private static func beside(_ locator: Locator, _ kind: RecordLog.Kind, _ limit: Int) -> [UInt8]? {
    for suffix in [kind.rawValue, kind.rawValue.lowercased()] {
      let path = RawPath(locator.path.bytes + suffix.utf8)
      guard let file = try? Descriptor(reading: path, followingLink: false),
        let status = try? file.status(), status.st_mode & S_IFMT == S_IFREG,
        status.st_size <= limit
      else { continue }
      var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
      let count = bytes.withUnsafeMutableBytes { try? file.read(into: $0, at: 0) }
      return count.map { Array(bytes.prefix($0)) }
    }
    return nil
  }

  // MARK: Catalogues

  /// Adds to findings of unsigned programs the signatures in the catalogues of the same machine that were seen: what
  /// another image holds must not change the results of one.
  func addCatalogues(
    to waiting: [PostponedItem], _ identifier: Identifier, _ reader: consuming ContentReader,
    isCancelled: () -> Bool
  ) -> [PostponedItem] {
    // Workers keep catalogues in any order, but each scan must report the same one.
    let catalogues = state.withLock { $0.catalogues }.sorted {
      let (first, second) = ($0.locator, $1.locator)
      return (first.evidence, first.volume?.start ?? 0, first.path)
        < (second.evidence, second.volume?.start ?? 0, second.path)
    }
    var waiting = waiting
    var unsigned = [RawPath?: [(index: Int, digests: CatalogueDigests)]]()
    for index in waiting.indices {
      guard case .catalogues(let finding, let digests) = waiting[index].rest else { continue }
      unsigned[finding.locator.machine, default: []].append((index, digests))
    }
    guard !unsigned.isEmpty else { return waiting }
    let searches = unsigned.mapValues { CatalogueReader($0.map(\.digests)) }
    for catalogue in catalogues where !isCancelled() {
      let machine = catalogue.locator.machine
      guard let search = searches[machine], let programs = unsigned[machine] else { continue }
      let path = catalogue.locator.path.shown
      let found = reader.withContent(of: catalogue) { search.signatures(in: $0, at: path) } ?? []
      for (program, signature) in found {
        let index = programs[program].index
        guard case .catalogues(var finding, let digests) = waiting[index].rest else { continue }
        finding.attribution = identifier.adding(signature, to: finding.attribution)
        waiting[index].rest = .catalogues(finding, digests)
      }
    }
    return waiting
  }
}

/// An item that was scanned and waits for others to be complete.
struct PostponedItem: Sendable {
  /// The rest of its examination.
  enum Rest: Sendable {
    /// Result of the scan of a hive, before its records are read with its logs.
    case logs(PlaceExamination)
    /// The finding of an unsigned program, with the digests by which catalogues list it.
    case catalogues(Finding, CatalogueDigests)
  }

  let item: Item
  var rest: Rest
  /// Whether it is a log that is read with another file.
  var isLog: Bool { if case .logs(let examination) = rest { examination.isLog } else { false } }
  /// Content with several paths, for which the item is scanned.
  let claim: SharedContents.Key?
  /// Its result so far.
  let entry: ItemEntry
}

extension ContentReader {
  /// Result of `body` for the complete content of an item; nil if it cannot be read.
  fileprivate mutating func withContent<Result>(of item: Item, _ body: (RawSpan) -> Result)
    -> Result?
  {
    guard let content = try? item.content.open(),
      let reading = try? withBytes(of: content, body), reading.problem == nil
    else { return nil }
    finish()
    return reading.result
  }

  fileprivate mutating func copy(of item: Item) -> [UInt8]? {
    withContent(of: item) { bytes in bytes.withUnsafeBytes { Array($0) } }
  }
}

extension Locator {
  /// Whether the file is a target of its own, so that files beside it are no items.
  var isTarget: Bool {
    volume == nil && archive == nil && evidence.lastComponent == path.lastComponent
  }

  /// The image that contains the item; nil on a live file system. Of an image, only what was carved outside of
  /// its volumes is in none.
  fileprivate var machine: RawPath? { volume == nil && state == nil ? nil : evidence }

  /// Whether the item is a catalogue file by its name; its content decides later.
  fileprivate var isCatalogue: Bool {
    stream == nil && path.bytes.count > 4
      && zip(path.bytes.suffix(4), ".cat".utf8).allSatisfy { $0 | 0x20 == $1 | 0x20 }
  }
}
