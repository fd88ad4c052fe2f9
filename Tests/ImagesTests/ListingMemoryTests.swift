import Bytes
import Evidence
import Foundation
import Images
import Locks
import TestSupport
import Testing

/// A volume of millions of files is listed before its items are pushed: what that takes has a bound.
@Suite struct ListingMemoryTests {
  /// Counts items and lets go of them; looks at the memory of the process now and then.
  private final class Counter: ItemReceiver {
    private let state = Locked((items: 0, problems: 0, peak: 0))

    var counts: (items: Int, problems: Int, peak: Int) { state.withLock { $0 } }

    func receive(_ item: Item) {
      state.withLock { state in
        state.items += 1
        if state.items % 50_000 == 1 { state.peak = max(state.peak, Counter.residentBytes) }
      }
    }

    func report(_ problem: ItemProblem, at locator: Locator) {
      state.withLock { $0.problems += 1 }
    }

    func ignore(_ kind: IgnoredKind, at path: RawPath?) {}

    func account(for medium: MediumAccount, chunks: @escaping @Sendable () -> MediumChunks?) {
      state.withLock { $0.peak = max($0.peak, Counter.residentBytes) }
    }

    var isCancelled: Bool { false }

    /// Memory of this process that is no file's.
    static var residentBytes: Int {
      let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
      let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") } ?? ""
      return (line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) << 10
    }
  }

  /// `TRAWL_LISTING_ITEMS` is 5 million in `scripts/nightly`, where nothing else runs in this process: the bound is held
  /// there, the way of the items here.
  @Test func aListingTakes150BytesAnItem() throws {
    let wanted = ProcessInfo.processInfo.environment["TRAWL_LISTING_ITEMS"].flatMap { Int($0) }
    let count = wanted ?? 200_000
    let folder = try TemporaryDirectory()
    let image = try folder.write("", to: "image")
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: image))
    try file.truncate(atOffset: UInt64(count + 3) * 4096)
    try file.close()
    var options = ImageSource.Options()
    options.helper = [
      "/usr/bin/env", "python3",
      RawPath(Fixtures.package + "/Tests/Fixtures/images/lying-helper.py"),
      RawPath("many-\(count)"),
    ]
    // Zeros are not what this is about.
    options.unallocated = .none
    let before = Counter.residentBytes
    let counter = Counter()
    ImageSource(RawPath(image), options: options).push(to: counter)
    let counts = counter.counts
    #expect(counts.items == count)
    #expect(counts.problems == 0)
    // Among other tests the memory of the process says nothing.
    guard wanted != nil else { return }
    let taken = counts.peak - before
    print("a listing of \(count) items: \(taken) bytes, \(taken / count) an item")
    #expect(taken > 20 * count, "it was looked at")
    #expect(taken <= 150 * count + 250_000_000)
  }
}
