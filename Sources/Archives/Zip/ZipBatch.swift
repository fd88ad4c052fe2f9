import Dispatch
import Evidence
import Synchronization

/// Members that are unpacked before the first of them is scanned, by a spare thread as well if there is one.
final class ZipBatch: @unchecked Sendable {
  typealias Unpacked = (bytes: [UInt8], problem: ItemProblem?)

  private let packed: [PackedMember?]
  private let limit: UInt64
  /// Rank of the next member that nobody unpacks yet.
  private let next = Atomic<Int>(0)
  /// What each came to: written by the thread that took it.
  private let results: UnsafeMutablePointer<Unpacked>

  /// Sizes in bytes of batches for which a spare thread pays: waking it takes as long as a few kilobytes.
  private static let least: UInt64 = 256 << 10

  /// Members, nil for those without a header, each to be unpacked up to `limit` bytes.
  init(_ packed: [PackedMember?], upTo limit: UInt64) {
    self.packed = packed
    self.limit = limit
    results = .allocate(capacity: packed.count)
    results.initialize(repeating: ([], .noHeader), count: packed.count)
  }

  deinit {
    results.deinitialize(count: packed.count)
    results.deallocate()
  }

  /// Unpacks all; what each came to, in order.
  func unpack(_ unpacker: ZipUnpacker, _ spare: (any SpareSlots)?) -> [Unpacked] {
    let group = DispatchGroup()
    let size = packed.reduce(0 as UInt64) { $0 &+ ($1?.member.size ?? 0) }
    if packed.count > 1, size >= Self.least, let spare, spare.acquire() {
      DispatchQueue.global().async(group: group) {
        self.work(ZipUnpacker())
        spare.release()
      }
    }
    work(unpacker)
    group.wait()
    return (0..<packed.count).map { results[$0] }
  }

  private func work(_ unpacker: ZipUnpacker) {
    while true {
      let place = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard place < packed.count else { return }
      if let member = packed[place] { results[place] = unpacker.unpack(member, upTo: limit) }
    }
  }
}
