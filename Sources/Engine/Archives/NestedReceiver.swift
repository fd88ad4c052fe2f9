import Bytes
import Evidence
import Synchronization

/// Receiver of the items of an image that is the content of an item: a worker scans each at once. Other reports are kept
/// for the item, whose results they are.
final class NestedReceiver: ItemReceiver, @unchecked Sendable {
  // Used by the worker's thread, except for `isCancelled`.
  private let outer: Locator
  private let origin: MemberOrigin
  private let patience: ArchivePatience
  private let isStopped = Atomic<Bool>(false)
  /// Scans an item of so many bytes; returns the reason to stop. Nil when all were received: items may live longer.
  private var scan: ((Item, UInt64) -> ItemProblem?)?
  /// Whether paths name the volume: there are several.
  private var namesVolumes = false

  /// The reason why not all items were received.
  private(set) var limit: ItemProblem?
  private(set) var reports: [(problem: ItemProblem, locator: Locator)] = []
  private(set) var ignored: [IgnoredKind: Int] = [:]

  init(
    _ outer: Locator, _ origin: MemberOrigin, _ patience: ArchivePatience,
    scan: @escaping (Item, UInt64) -> ItemProblem?
  ) {
    self.outer = outer
    self.origin = origin
    self.patience = patience
    self.scan = scan
  }

  /// Ends with the image; returns why it is not complete.
  func finish() -> ItemProblem? {
    scan = nil
    if let limit { return limit }
    if patience.isCancelled() { return .interrupted }
    guard ContinuousClock.now >= patience.deadline else { return nil }
    return ItemProblem(
      .timedOut, "its files took too long; scan it as a target of its own (--as image)")
  }

  var isCancelled: Bool {
    isStopped.load(ordering: .relaxed) || patience.isCancelled()
      || ContinuousClock.now >= patience.deadline
  }

  func describe(_ medium: MediumDescription) { namesVolumes = medium.volumes.count > 1 }

  func receive(_ item: Item) {
    guard let scan, !isCancelled else { return }
    let size =
      item.locator.runs.isEmpty
      ? (try? item.content.open())?.facts.size ?? 0
      : item.locator.runs.reduce(0) { $0 &+ $1.length }
    let nested = Item(
      locator: place(of: item.locator), content: NestedContent(item, of: origin))
    guard let problem = scan(nested, size) else { return }
    limit = problem
    isStopped.store(true, ordering: .relaxed)
  }

  func report(_ problem: ItemProblem, at locator: Locator) {
    // The image itself is reported as cut short.
    guard problem.reason != .interrupted else { return }
    reports.append((problem, place(of: locator)))
  }

  func ignore(_ kind: IgnoredKind, at path: RawPath?) { ignored[kind, default: 0] += 1 }

  /// Address of an item of the image.
  private func place(of inner: Locator) -> Locator {
    var name = inner.path.bytes
    if namesVolumes, let volume = inner.volume {
      name = Array("/volume\(volume.index)".utf8) + name
    }
    var locator = outer.member(name)
    locator.stream = inner.stream
    if let state = inner.state, state != .allocated { locator.state = state }
    locator.state = locator.state ?? inner.state
    return locator
  }
}
