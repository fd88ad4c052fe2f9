import Bytes
import Dispatch
import Evidence
import Locks
import Yara

/// A worker, on one thread at a time.
struct ItemWorker: Sendable {
  /// Scans one item, from opening to answer. A function that knows its sink, so that the compiler specialises what it
  /// calls: a generic scanner behind a protocol copies each outcome through run-time metadata.
  let scan: @Sendable (Item) -> Void
}

/// Receiver of a source's other reports, and of its question whether to stop.
protocol ItemAccount: Sendable {
  func enter(_ problem: ItemProblem, at locator: Locator)
  func ignore(_ kind: IgnoredKind, at path: RawPath?)
  func describe(_ medium: MediumDescription)
  func advance(to position: UInt64, of size: UInt64, in evidence: RawPath)
  /// Whether the results of an item are known already.
  func isRecorded(_ item: Item) -> Bool
  func account(
    for medium: MediumAccount, completing: @escaping @Sendable (inout MediumAccount) -> Void)
  var isCancelled: Bool { get }
}

/// Workers of one scan, and the receiver that feeds them.
///
/// Each worker has a serial queue, which is a thread of its own. There are as many workers as slots for items in
/// progress, whoever scans them: a source that finds the work queue full
/// scans its item itself if a slot is free, and otherwise waits until the workers have made
/// room.
final class WorkerCrew: Sendable {
  private let account: any ItemAccount
  private let queue: WorkQueue
  private let readAhead: ReadAhead
  private let slots: WorkerSlots
  private let spares: Locked<[ItemWorker]>

  init(
    slots: WorkerSlots, queueCapacity: Int, account: any ItemAccount,
    makeWorker: (ReadAhead) throws(YaraError) -> ItemWorker
  ) throws(YaraError) {
    self.account = account
    queue = WorkQueue(capacity: queueCapacity)
    readAhead = ReadAhead(queue) { account.isCancelled }
    self.slots = slots
    var workers = [ItemWorker]()
    for _ in 0..<slots.count { workers.append(try makeWorker(readAhead)) }
    spares = Locked(workers)
  }

  /// Time that a cancelled scan waits for system calls that do not return, such as those to a dead file system.
  private static let grace = Duration.seconds(3)

  /// Starts the workers, lets `feed` push items, and calls `finish` when all have been scanned. Returns when that is
  /// done. Once the scan is cancelled it also returns while a thread hangs in a call of the system, which is left
  /// behind; false then.
  func run(
    _ feed: @escaping @Sendable (any ItemReceiver) -> Void,
    then finish: @escaping @Sendable () -> Void = {}
  ) -> Bool {
    let group = DispatchGroup()
    for number in 0..<slots.count {
      DispatchQueue(label: "trawl.worker.\(number)").async(group: group) {
        while let item = self.queue.next() {
          self.slots.claim()
          self.scanInSlot(item)
        }
      }
    }
    DispatchQueue(label: "trawl.source").async(group: group) {
      feed(self)
      self.queue.close()
    }
    guard wait(for: group) else { return false }
    readAhead.finish()
    DispatchQueue(label: "trawl.finish").async(group: group, execute: finish)
    return wait(for: group)
  }

  /// Whether all of `group` ended before the scan was cancelled for ``grace``.
  private func wait(for group: DispatchGroup) -> Bool {
    var cancelled: ContinuousClock.Instant?
    while group.wait(timeout: .now() + .milliseconds(100)) == .timedOut {
      guard account.isCancelled else { continue }
      let start = cancelled ?? .now
      cancelled = start
      if ContinuousClock.now - start > Self.grace { return false }
    }
    return true
  }

  /// Scans an item in the slot that the caller has acquired.
  private func scanInSlot(_ item: Item) {
    defer { slots.giveBack() }
    // There are as many workers as slots, so one is free.
    guard let worker = spares.withLock({ $0.popLast() }) else {
      account.enter(
        ItemProblem(.engine, "no worker was free: a defect of Trawl, please report it"),
        at: item.locator)
      return
    }
    worker.scan(item)
    spares.withLock { $0.append(worker) }
  }
}

extension WorkerCrew: ItemReceiver {
  func receive(_ item: Item) {
    guard !account.isRecorded(item) else { return }
    while !queue.offer(item) {
      if slots.claimIfFree() {
        scanInSlot(item)
        return
      }
      queue.waitForRoom()
    }
  }

  func report(_ problem: ItemProblem, at locator: Locator) {
    account.enter(problem, at: locator)
  }

  func ignore(_ kind: IgnoredKind, at path: RawPath?) { account.ignore(kind, at: path) }

  func describe(_ medium: MediumDescription) { account.describe(medium) }

  func advance(to position: UInt64, of size: UInt64, in evidence: RawPath) {
    account.advance(to: position, of: size, in: evidence)
  }

  func account(
    for medium: MediumAccount, completing: @escaping @Sendable (inout MediumAccount) -> Void
  ) {
    account.account(for: medium, completing: completing)
  }

  var isCancelled: Bool { account.isCancelled }
}
