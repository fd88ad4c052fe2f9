import Bytes
import Evidence
import Foundation
import Images
import Locks
import TestSupport
import Testing

/// A volume of millions of files is listed before its items are pushed: the memory for that is
/// bounded.
@Suite struct ListingMemoryTests {
  /// Counts and releases items; samples the memory of the process.
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

    func account(
      for medium: MediumAccount, completing: @escaping @Sendable (inout MediumAccount) -> Void
    ) {
      state.withLock { $0.peak = max($0.peak, Counter.residentBytes) }
    }

    var isCancelled: Bool { false }

    /// Anonymous memory of this process in bytes.
    static var residentBytes: Int {
      let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
      let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") } ?? ""
      return (line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) << 10
    }
  }

  /// `TRAWL_LISTING_ITEMS` is 5 million in `scripts/nightly`, where nothing else runs in this
  /// process: it checks the bound; this test checks the items' path.
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
    // Exclude carving, which is not measured here.
    options.unallocated = .none
    let before = Counter.residentBytes
    let counter = Counter()
    ImageSource(RawPath(image), options: options).push(to: counter)
    let counts = counter.counts
    #expect(counts.items == count)
    #expect(counts.problems == 0)
    // Beside other tests, the memory of the process is meaningless.
    guard wanted != nil else { return }
    let taken = counts.peak - before
    print("a listing of \(count) items: \(taken) bytes, \(taken / count) an item")
    #expect(taken > 20 * count, "it was looked at")
    #expect(taken <= 150 * count + 250_000_000)
  }
}
