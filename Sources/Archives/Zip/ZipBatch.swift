import Dispatch
import Evidence
import Synchronization

/// Members that are unpacked before the first of them is scanned, by a spare thread as well if there is one. Only those
/// that are as the directory states: others may be longer than they claim, and are unpacked when it is their turn.
final class ZipBatch: @unchecked Sendable {
  private let packed: [PackedMember?]
  private let limit: UInt64
  /// Rank of the next member that nobody unpacks yet.
  private let next = Atomic<Int>(0)
  /// All of each member: written by the thread that took it.
  private let whole: UnsafeMutablePointer<[UInt8]?>

  /// Sizes in bytes of batches for which a spare thread pays: waking it takes as long as a few kilobytes.
  private static let least: UInt64 = 256 << 10

  /// Members, nil for those without a header, each to be unpacked up to `limit` bytes.
  init(_ packed: [PackedMember?], upTo limit: UInt64) {
    self.packed = packed
    self.limit = limit
    whole = .allocate(capacity: packed.count)
    whole.initialize(repeating: nil, count: packed.count)
  }

  deinit {
    whole.deinitialize(count: packed.count)
    whole.deallocate()
  }

  /// Unpacks the members, and passes each on with why it is not all, in order, until `receive` returns false.
  func unpack(
    _ unpacker: ZipUnpacker, _ spare: (any SpareSlots)?,
    _ receive: (Int, [UInt8], ItemProblem?) -> Bool
  ) -> Bool {
    let group = DispatchGroup()
    let size = packed.reduce(0 as UInt64) { $0 &+ ($1?.member.size ?? 0) }
    if packed.count > 1, size >= Self.least, let spare, spare.acquire() {
      DispatchQueue.global().async(group: group) {
        self.unpackWhole(ZipUnpacker())
        spare.release()
      }
    }
    unpackWhole(unpacker)
    group.wait()
    for (place, member) in packed.enumerated() {
      let (bytes, problem) =
        whole[place].map { ($0, nil) } ?? member.map { unpacker.recover($0, upTo: limit) }
        ?? ([], .noHeader)
      whole[place] = nil
      guard receive(place, bytes, problem) else { return false }
    }
    return true
  }

  private func unpackWhole(_ unpacker: ZipUnpacker) {
    while true {
      let place = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard place < packed.count else { return }
      if let member = packed[place] { whole[place] = unpacker.whole(member, upTo: limit) }
    }
  }
}
