import Bytes
import Evidence
import Locks

/// A source that counts every push, so that an account can be compared with it.
final class CountedSource: ItemSource {
  private let source: any ItemSource
  private let counts = Locked(Counts())

  struct Counts {
    var items = 0
    var problems = 0
    var ignored = 0
    var media = 0
  }

  init(_ source: any ItemSource) { self.source = source }

  var evidence: [EvidenceDescription] { source.evidence }

  var pushed: Counts { counts.withLock { $0 } }

  func push(to receiver: any ItemReceiver) {
    source.push(to: Receiver(next: receiver, source: self))
  }

  private struct Receiver: ItemReceiver {
    let next: any ItemReceiver
    let source: CountedSource

    func receive(_ item: Item) {
      source.counts.withLock { $0.items += 1 }
      next.receive(item)
    }

    func report(_ problem: ItemProblem, at locator: Locator) {
      source.counts.withLock { $0.problems += 1 }
      next.report(problem, at: locator)
    }

    func ignore(_ kind: IgnoredKind, at path: RawPath?) {
      source.counts.withLock { $0.ignored += 1 }
      next.ignore(kind, at: path)
    }

    func account(
      for medium: MediumAccount, completing: @escaping @Sendable (inout MediumAccount) -> Void
    ) {
      source.counts.withLock { $0.media += 1 }
      next.account(for: medium, completing: completing)
    }

    var isCancelled: Bool { next.isCancelled }
  }
}
