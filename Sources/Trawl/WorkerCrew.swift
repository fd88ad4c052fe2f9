import Bytes
import Dispatch
import Evidence
import Locks
import Yara

/// Takes items from open to answer, one thread at a time.
protocol ItemWorker: AnyObject, Sendable {
  /// Works one item.
  func work(_ item: Item)
}

/// Who hears what a source says besides its items, and when it should stop.
protocol ItemAccount: Sendable {
  func enter(_ problem: ItemProblem, at locator: Locator)
  func ignore(_ kind: IgnoredKind, at path: RawPath?)
  func account(for medium: MediumAccount, chunks: @escaping @Sendable () -> MediumChunks?)
  var isCancelled: Bool { get }
}

/// The workers of one scan, and the receiver that feeds them.
///
/// Each worker has a serial queue, which is a thread of its own. `slots` keeps the number of items
/// under way at `jobs`, whoever works them: a source that finds the work queue full works its item
/// itself if a slot is free, and else waits until the workers have made room.
final class WorkerCrew: Sendable {
  private let jobs: Int
  private let account: any ItemAccount
  private let queue: WorkQueue
  private let slots: DispatchSemaphore
  private let spares: Locked<[any ItemWorker]>

  init(
    jobs: Int, queueCapacity: Int, account: any ItemAccount,
    makeWorker: () throws(YaraError) -> any ItemWorker
  ) throws(YaraError) {
    self.jobs = max(1, jobs)
    self.account = account
    queue = WorkQueue(capacity: queueCapacity)
    slots = DispatchSemaphore(value: self.jobs)
    var workers = [any ItemWorker]()
    for _ in 0..<self.jobs { workers.append(try makeWorker()) }
    spares = Locked(workers)
  }

  /// Starts the workers, lets `feed` push items, and returns when every item has its outcome.
  func run(_ feed: (any ItemReceiver) -> Void) {
    let group = DispatchGroup()
    for number in 0..<jobs {
      DispatchQueue(label: "trawl.worker.\(number)").async(group: group) {
        while let item = self.queue.take() {
          self.slots.wait()
          self.work(item)
        }
      }
    }
    feed(self)
    queue.close()
    group.wait()
  }

  /// Works an item in the slot that the caller has taken.
  private func work(_ item: Item) {
    defer { slots.signal() }
    // There are as many workers as slots, so one is free.
    guard let worker = spares.withLock({ $0.popLast() }) else {
      account.enter(
        ItemProblem(.engine, "no worker was free: a defect of this program"), at: item.locator)
      return
    }
    worker.work(item)
    spares.withLock { $0.append(worker) }
  }
}

extension WorkerCrew: ItemReceiver {
  func receive(_ item: Item) {
    while !queue.offer(item) {
      if slots.wait(timeout: .now()) == .success {
        work(item)
        return
      }
      queue.waitForRoom()
    }
  }

  func report(_ problem: ItemProblem, at locator: Locator) {
    account.enter(problem, at: locator)
  }

  func ignore(_ kind: IgnoredKind, at path: RawPath?) { account.ignore(kind, at: path) }

  func account(for medium: MediumAccount, chunks: @escaping @Sendable () -> MediumChunks?) {
    account.account(for: medium, chunks: chunks)
  }

  var isCancelled: Bool { account.isCancelled }
}
