import Bytes
import Evidence
import Synchronization

/// A receiver that passes everything on, and notes whether an end of the image is missing.
final class TruncationReceiver: ItemReceiver {
  private let next: any ItemReceiver
  private let truncated = Atomic<Bool>(false)

  init(_ next: any ItemReceiver) { self.next = next }

  /// Whether a report said so.
  var isTruncated: Bool { truncated.load(ordering: .relaxed) }

  func receive(_ item: Item) { next.receive(item) }

  func report(_ problem: ItemProblem, at locator: Locator) {
    if problem.reason == .truncated { truncated.store(true, ordering: .relaxed) }
    next.report(problem, at: locator)
  }

  func ignore(_ kind: IgnoredKind, at path: RawPath?) { next.ignore(kind, at: path) }

  func account(
    for medium: MediumAccount, completing: @escaping @Sendable (inout MediumAccount) -> Void
  ) {
    next.account(for: medium, completing: completing)
  }

  func describe(_ medium: MediumDescription) { next.describe(medium) }

  func advance(to position: UInt64, of size: UInt64, in evidence: RawPath) {
    next.advance(to: position, of: size, in: evidence)
  }

  var isCancelled: Bool { next.isCancelled }
}
