import Bytes
import Dispatch
import Evidence
import Locks
import Yara

/// The workers of one scan, and the receiver that feeds them.
///
/// Each worker has a serial queue, which is a thread of its own. `slots` keeps the number of items
/// under way at `jobs`, whoever works them: a source that finds the work queue full works its item
/// itself if a slot is free, and else waits until the workers have made room.
final class WorkerCrew: Sendable {
  private let scan: ScanContext
  private let queue: WorkQueue
  private let slots: DispatchSemaphore
  private let spares: Locked<[WorkerBox]>

  init(_ scan: ScanContext) throws(YaraError) {
    self.scan = scan
    let jobs = max(1, scan.options.jobs)
    queue = WorkQueue(capacity: scan.options.queueCapacity)
    slots = DispatchSemaphore(value: jobs)
    var boxes = [WorkerBox]()
    for _ in 0..<jobs { boxes.append(WorkerBox(try Worker(scan))) }
    spares = Locked(boxes)
  }

  /// Starts the workers, lets `feed` push items, and returns when every item has its outcome.
  func run(_ feed: (any ItemReceiver) -> Void) {
    let group = DispatchGroup()
    for number in 0..<max(1, scan.options.jobs) {
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
    guard let box = spares.withLock({ $0.popLast() }) else {
      scan.recorder.enter(
        ItemProblem(.engine, "no worker was free: a defect of this program"), at: item.locator)
      return
    }
    box.worker.work(item)
    spares.withLock { $0.append(box) }
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
    scan.recorder.enter(problem, at: locator)
  }

  func ignore(_ kind: IgnoredKind, at path: RawPath?) { scan.recorder.ignore(kind, at: path) }

  var isCancelled: Bool { scan.cancellation.isCancelled }
}

/// A worker that passes from thread to thread; the crew's lock hands it to one at a time.
private final class WorkerBox: @unchecked Sendable {
  var worker: Worker
  init(_ worker: consuming Worker) { self.worker = worker }
}
