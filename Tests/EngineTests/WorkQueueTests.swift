import Bytes
import Dispatch
import Evidence
import Locks
import TestSupport
import Testing

@testable import Engine

/// The queue of waiting items: bounded, in order, and drained by any number of workers.
@Suite struct WorkQueueTests {
  private func item(_ number: Int) -> Item {
    let recorder = RecordingReceiver()
    MemorySource(name: RawPath("\(number)"), bytes: []).push(to: recorder)
    return recorder.items[0]
  }

  @Test func itemsComeInOrderUntilItIsClosed() {
    let queue = WorkQueue(capacity: 3)
    #expect((0..<5).map { queue.offer(item($0)) } == [true, true, true, false, false])
    #expect((0..<2).map { _ in queue.next()?.locator.path } == ["0", "1"])
    #expect(queue.offer(item(5)))
    queue.close()
    #expect((0..<4).map { _ in queue.next()?.locator.path } == ["2", "5", nil, nil])
  }

  @Test func itemsAreReadAheadOnceAndStay() {
    let queue = WorkQueue(capacity: 8)
    for number in 0..<4 { #expect(queue.offer(item(number))) }
    #expect((0..<2).map { _ in queue.nextAhead()?.locator.path } == ["0", "1"])
    // A worker that overtakes leaves the rest to be read ahead.
    #expect((0..<3).map { _ in queue.next()?.locator.path } == ["0", "1", "2"])
    #expect((0..<2).map { _ in queue.nextAhead()?.locator.path } == ["3", nil])
    #expect(queue.next()?.locator.path == "3")
    #expect(queue.offer(item(4)))
    #expect(queue.nextAhead()?.locator.path == "4")
  }

  @Test func aQueueHasRoomForOneItemAtLeast() {
    let queue = WorkQueue(capacity: -7)
    #expect(queue.offer(item(0)) && !queue.offer(item(1)))
    _ = queue.next()
    queue.waitForRoom()
    #expect(queue.offer(item(2)))
  }

  @Test func everyItemIsTakenOnceByManyWorkers() {
    let queue = WorkQueue(capacity: 8)
    let seen = Locked([String]())
    let group = DispatchGroup()
    for _ in 0..<4 {
      let thread = DispatchQueue(label: "worker")
      thread.async(group: group) {
        while let item = queue.next() {
          seen.withLock { $0.append(item.locator.path.shown) }
        }
      }
    }
    for number in 0..<2000 {
      let item = item(number)
      while !queue.offer(item) { queue.waitForRoom() }
    }
    queue.close()
    group.wait()
    #expect(seen.withLock { $0.compactMap(Int.init).sorted() } == Array(0..<2000))
  }
}
