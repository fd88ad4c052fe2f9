import Bytes
import Engine
import Evidence
import Files
import Findings
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite struct LiveFileTests {
  private func scan(
    _ folder: TemporaryDirectory, _ rules: String = needle, _ options: ScanOptions = ScanOptions(),
    _ sink: RecordingSink = RecordingSink()
  ) throws -> (summary: Summary, sink: RecordingSink) {
    let summary = try Scan([FileSource([folder.raw])], with: try ruleSet(rules), options: options)
      .run(sink: sink)
    return (summary, sink)
  }

  @Test func hardLinkedContentIsReadOnceAndReportedForEveryPath() throws {
    let folder = try TemporaryDirectory()
    let file = try folder.write("needle", to: "one")
    for number in 0..<20 {
      try FileManager.default.linkItem(atPath: file, toPath: folder.path + "/link\(number)")
    }
    for jobs in [1, 4] {
      var options = ScanOptions()
      options.jobs = jobs
      let (summary, sink) = try scan(folder, needle, options)
      #expect(sink.findings.count == 21)
      #expect(Set(sink.findings.map(\.locator.path)).count == 21)
      #expect(Set(sink.findings.map(\.itemID)).count == 1)
      #expect(summary.ledger.seen == 1)
      #expect(summary.ledger.scannedByLibyara == 1)
      #expect(summary.ledger.ignored[.hardLinks] == 20)
      #expect(summary.findings.values.reduce(0, +) == 1)
    }
  }

  @Test func withoutSharingEveryPathIsScanned() throws {
    let folder = try TemporaryDirectory()
    let file = try folder.write("needle", to: "one")
    try FileManager.default.linkItem(atPath: file, toPath: folder.path + "/two")
    var options = ScanOptions()
    options.readsSharedContentOnce = false
    #expect(try scan(folder, needle, options).summary.ledger.matched == 2)
  }

  @Test func whatCannotBeScannedIsRecordedWithItsReason() throws {
    let folder = try TemporaryDirectory()
    try folder.write("hay", to: "file")
    #expect(mkfifo(folder.path + "/pipe", 0o600) == 0)
    let (summary, sink) = try scan(folder)
    #expect(sink.problems.map(\.locator.path) == [folder.raw.appending("pipe")])
    #expect(summary.ledger.skipped == [.pipe: 1])
    #expect(summary.ledger.clean == 1)
    #expect(!summary.isComplete)
  }

  @Test func aFileThatVanishesIsAFailure() throws {
    let folder = try TemporaryDirectory()
    let file = try folder.write("hay", to: "file")
    let gone = RawPath(file + ".gone")
    // Simulates a file that existed when its directory was read: a target that is checked, then
    // removed.
    let source = FileSource([gone])
    let summary = try Scan([source], with: try ruleSet(needle)).run(sink: RecordingSink())
    #expect(summary.ledger.failed == [.missing: 1])
  }

  @Test func offsetsBeyondFourGigabytesAreRight() throws {
    FaultGuard.install()
    let folder = try TemporaryDirectory()
    let file = try folder.write("", to: "sparse")
    let handle = try #require(FileHandle(forWritingAtPath: file))
    let offset = UInt64(4) << 30 + 4096
    try handle.seek(toOffset: offset)
    try handle.write(contentsOf: Data("needle".utf8))
    try handle.close()
    let rule = #"rule far { strings: $a = "needle" condition: $a and filesize > 4GB }"#
    // YARA knows KB and MB only.
    let (summary, sink) = try scan(
      folder, rule.replacingOccurrences(of: "4GB", with: "4096MB"))
    #expect(sink.findings.map { $0.matches[0].strings[0].offset } == [offset])
    // The scan of the matching item reads all of it; the search skips the hole.
    #expect((offset...offset + (1 << 20)).contains(summary.ledger.bytesRead))
  }

  @Test func aHundredThousandFilesInOneDirectoryAreAllSeen() throws {
    let folder = try TemporaryDirectory()
    for number in 0..<100_000 {
      let descriptor = open(folder.path + "/\(number)", O_CREAT | O_WRONLY, 0o600)
      #expect(descriptor >= 0)
      if number % 1000 == 0 { _ = "needle".withCString { write(descriptor, $0, 6) } }
      close(descriptor)
    }
    let (summary, sink) = try scan(folder)
    #expect(summary.ledger.seen == 100_000)
    #expect(sink.findings.count == 100)
    #expect(summary.isComplete)
  }

  @Test func filesThatShrinkDuringAParallelScanNeitherCrashNorCountAsClean() throws {
    FaultGuard.install()
    let folder = try TemporaryDirectory()
    // Larger than the buffer, so that they are mapped.
    let content = Data(repeating: 0x2E, count: 4 << 20)
    let names = (0..<24).map { folder.path + "/file\($0)" }
    for name in names { try content.write(to: URL(fileURLWithPath: name)) }
    let isDone = Atomic<Bool>(false)
    let truncated = DispatchGroup()
    for part in 0..<2 {
      DispatchQueue(label: "truncator.\(part)").async(group: truncated) {
        var number = part
        while !isDone.load(ordering: .relaxed) {
          let name = names[number % names.count]
          truncate(name, off_t(4096 * (number % 3)))
          truncate(name, 4 << 20)
          number += 1
        }
      }
    }
    var options = ScanOptions()
    options.jobs = 8
    var faults = 0
    for _ in 0..<30 {
      let summary = try scan(folder, needle, options).summary
      #expect(summary.ledger.seen == names.count)
      #expect(summary.ledger.matched == 0)
      faults += summary.ledger.failed[.truncated] ?? 0
    }
    isDone.store(true, ordering: .relaxed)
    truncated.wait()
    #expect(faults > 0, "the scan met files that shrank")
  }

  @Test func nothingInATargetChanges() throws {
    let folder = try TemporaryDirectory()
    try folder.write("needle", to: "a/small")
    try Data(repeating: 1, count: 3 << 20).write(to: URL(fileURLWithPath: folder.path + "/large"))
    func state() throws -> [String] {
      let paths =
        [folder.path]
        + (try FileManager.default.subpathsOfDirectory(atPath: folder.path))
        .sorted().map { folder.path + "/" + $0 }
      return paths.map { path in
        var status = stat()
        lstat(path, &status)
        return "\(path) \(status.st_size) \(status.st_mtim) \(status.st_atim) \(status.st_ctim)"
      }
    }
    // Older access than change: the kernel would renew it at the next reading (relatime).
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
      var times = [timeval(tv_sec: 1, tv_usec: 0), timeval(tv_sec: 1_000_000, tv_usec: 0)]
      utimes(folder.path + "/" + path, &times)
    }
    FaultGuard.install()
    let before = try state()
    let (summary, _) = try scan(folder)
    #expect(summary.ledger.matched == 1)
    #expect(try state() == before)
  }
}
