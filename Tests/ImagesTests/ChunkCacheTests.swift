import Foundation
import Locks
import Testing

@testable import Containers

@Suite struct ChunkCacheTests {
  private struct Refused: Error {}

  @Test func chunksAreDecodedOnceWhileThereIsRoom() {
    let cache = ChunkCache<UInt64>(capacity: 1 << 20, shards: 1)
    var decoded = 0
    for _ in 0..<3 {
      for index in UInt64(0)..<10 {
        let chunk = cache.chunk(index) {
          decoded += 1
          return [UInt8](repeating: UInt8(index), count: 1000)
        }
        #expect(chunk == [UInt8](repeating: UInt8(index), count: 1000))
      }
    }
    #expect(decoded == 10)
  }

  @Test func whatIsUsedStaysAndTheRestGoes() {
    let cache = ChunkCache<UInt64>(capacity: 10_000, shards: 1)
    var decoded = [UInt64]()
    func ask(_ index: UInt64) {
      _ = cache.chunk(index) {
        decoded.append(index)
        return [UInt8](repeating: 0, count: 1000)
      }
    }
    for index in UInt64(1)..<100 {
      ask(0)
      ask(index)
    }
    #expect(decoded.filter { $0 == 0 }.count == 1)
    #expect(decoded.count == 100)
    ask(1)
    #expect(decoded.last == 1, "it had to go")
  }

  /// Forward readers need the newest chunk, and never the oldest ones again.
  @Test func theNewestStayThoughNobodyHasUsedThem() {
    let cache = ChunkCache<UInt64>(capacity: 10_000, shards: 1)
    var decoded = 0
    func ask(_ index: UInt64) {
      _ = cache.chunk(index) {
        decoded += 1
        return [UInt8](repeating: 0, count: 1000)
      }
    }
    for index in UInt64(0)..<2000 {
      ask(index)
      if index >= 4 { ask(index - 4) }
    }
    #expect(decoded == 2000)
  }

  /// Adjacent files are in one chunk, and workers process them at the same time.
  @Test func threadsThatWantTheSameChunkDecodeItOnce() {
    let cache = ChunkCache<UInt64>(capacity: 1 << 20)
    let decoded = Locked(0)
    for index in UInt64(0)..<50 {
      DispatchQueue.concurrentPerform(iterations: 8) { _ in
        _ = cache.chunk(index) {
          decoded.withLock { $0 += 1 }
          usleep(500)
          return [UInt8](repeating: 0, count: 1000)
        }
      }
    }
    #expect(decoded.withLock { $0 } == 50)
  }

  @Test func whoWaitsForAChunkThatFailsDecodesItHimself() {
    let cache = ChunkCache<UInt64>(capacity: 1 << 20)
    let failures = Locked(0)
    DispatchQueue.concurrentPerform(iterations: 4) { _ in
      do throws(Refused) {
        _ = try cache.chunk(1) { () throws(Refused) in
          usleep(1000)
          throw Refused()
        }
      } catch {
        failures.withLock { $0 += 1 }
      }
    }
    #expect(failures.withLock { $0 } == 4)
  }

  @Test func chunksThatAreTooLargeAndFailuresAreNotKept() {
    let cache = ChunkCache<Int>(capacity: 100, shards: 1)
    var decoded = 0
    for _ in 0..<2 {
      _ = cache.chunk(1) {
        decoded += 1
        return [UInt8](repeating: 0, count: 101)
      }
    }
    #expect(decoded == 2)
    for _ in 0..<2 {
      #expect(throws: Refused.self) {
        try cache.chunk(2) { () throws(Refused) in throw Refused() }
      }
    }
    #expect(cache.chunk(2) { [1] } == [1])
  }

  @Test func threadsShareIt() {
    let cache = ChunkCache<UInt64>(capacity: 50_000, shards: 4)
    let wrong = Locked(0)
    DispatchQueue.concurrentPerform(iterations: 4) { thread in
      for step in 0..<5000 {
        let index = UInt64((step &* 7 &+ thread) % 100)
        let chunk = cache.chunk(index) {
          [UInt8](repeating: UInt8(index), count: 500 + Int(index))
        }
        if chunk.count != 500 + Int(index) || chunk.last != UInt8(index) {
          wrong.withLock { $0 += 1 }
        }
      }
    }
    #expect(wrong.withLock { $0 } == 0)
  }
}
