import Bytes
import Evidence
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Archives

/// Members that a spare thread unpacks as well.
@Suite struct ZipBatchTests {
  /// A number of idle threads.
  private final class Idle: SpareSlots {
    let free: Atomic<Int>
    let claims = Atomic<Int>(0)

    init(_ count: Int) { free = Atomic(count) }

    func acquire() -> Bool {
      guard free.load(ordering: .relaxed) > 0 else { return false }
      free.subtract(1, ordering: .relaxed)
      claims.add(1, ordering: .relaxed)
      return true
    }

    func release() { free.add(1, ordering: .relaxed) }
  }

  /// 300 members of up to 200,000 bytes, deflated and stored, of which the tenth is damaged.
  private static let archive: [UInt8] = {
    let program = """
      import io, random, sys, zipfile
      r = random.Random(11)
      out = io.BytesIO()
      z = zipfile.ZipFile(out, 'w')
      for n in range(300):
        size = 5000 if n == 10 else r.choice([0, 10, 5000, r.randrange(200000)])
        data = bytes(r.choices(b'etaoin shrdlu', k=size))
        z.writestr(zipfile.ZipInfo(f'm{n}'), data, r.choice([0, 8, 8]))
      z.close()
      whole = bytearray(out.getvalue())
      place = zipfile.ZipFile(out).getinfo('m10').header_offset
      whole[place + 26:place + 30] = b'\\xff\\xff\\xff\\xff'
      sys.stdout.buffer.write(whole)
      """
    return (try? Subprocess.run("python3", ["-c", program])).map { Array($0.output) } ?? []
  }()

  private struct Member: Equatable {
    let rank: UInt64
    let bytes: [UInt8]
    let reason: ItemProblem.Reason?
  }

  private func unpacked(_ spare: Idle?, _ limit: UInt64, wanted: Int = .max) throws -> [Member] {
    var patience = ArchivePatience(deadline: .now + .seconds(60), isCancelled: { false })
    patience.spare = spare
    var members = [Member]()
    try FormatReader(["/bin/false"]).unpack(
      Array(0..<300), upTo: limit,
      of: Archive(kind: .zip, range: 0..<UInt64(Self.archive.count)),
      in: ReaderTests.File(Self.archive), within: patience
    ) { rank, bytes, problem in
      members.append(Member(rank: rank, bytes: bytes, reason: problem?.reason))
      return members.count < wanted
    }
    return members
  }

  @Test(arguments: [1 << 24, 50_000] as [UInt64])
  func aSpareThreadChangesNothing(_ limit: UInt64) throws {
    let idle = Idle(1)
    let (alone, helped) = (try unpacked(nil, limit), try unpacked(idle, limit))
    #expect(alone.map(\.rank) == Array(0..<300))
    #expect(alone == helped)
    #expect(alone[10].reason == .unreadable)
    #expect(alone.contains { $0.reason == .tooLarge } == (limit == 50_000))
    #expect(idle.free.load(ordering: .relaxed) == 1)
    #expect(idle.claims.load(ordering: .relaxed) > 0 || limit == 50_000)
  }

  @Test func nobodyHelpsWhereAllAreBusy() throws {
    let busy = Idle(0)
    #expect(try unpacked(busy, 1 << 24).count == 300)
    #expect(busy.claims.load(ordering: .relaxed) == 0)
  }

  @Test func itEndsWhenNoMoreIsWanted() throws {
    let idle = Idle(1)
    #expect(try unpacked(idle, 1 << 24, wanted: 7).map(\.rank) == Array(0..<7))
    #expect(idle.free.load(ordering: .relaxed) == 1)
  }
}
