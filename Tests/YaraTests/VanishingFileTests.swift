import Bytes
import Foundation
import Synchronization
import TestSupport
import Testing
import Yara

/// Files truncated while a scanner has them mapped, on many threads at once: the process
/// continues, missing bytes are reported, and no scan reports another one's result.
@Suite struct VanishingFileTests {
  private static let threads = 8
  private static let iterations = 250
  private static let page = Int(sysconf(Int32(_SC_PAGESIZE)))
  private static let pages = 16

  private let folder: TemporaryDirectory
  private let rules: Rules

  init() throws {
    FaultGuard.install()
    folder = try TemporaryDirectory()
    rules = try YaraTests.rules(
      """
      rule marks { strings: $a = "<mark>" condition: $a }
      rule first { strings: $a = "<mark>" condition: $a at 0 }
      rule last { strings: $a = "<last>" condition: $a }
      """)
  }

  /// A mark at the start of each page, another at the end of the last.
  private static let content: [UInt8] = {
    let mark = Array("<mark>".utf8)
    let filling = [UInt8](repeating: 0x2E, count: page - mark.count)
    var content = (0..<pages).flatMap { _ in mark + filling }
    content.replaceSubrange((content.count - 6)..., with: "<last>".utf8)
    return content
  }()

  private func onThreads(_ body: @escaping @Sendable (Int) throws -> Void) {
    let group = DispatchGroup()
    for index in 0..<Self.threads {
      group.enter()
      Thread.detachNewThread {
        do { try body(index) } catch { Issue.record(error) }
        group.leave()
      }
    }
    group.wait()
  }

  private static func write(_ path: RawPath) throws {
    try Data(content).write(to: URL(fileURLWithPath: path.utf8!))
  }

  private static func map(_ path: RawPath) throws -> Mapping {
    let descriptor = try Descriptor(reading: path, followingLink: false)
    return try Mapping([
      .init(descriptor: descriptor.number, offset: 0, length: UInt64(content.count))
    ])
  }

  private static func cut(_ path: RawPath, to pages: Int) {
    _ = path.withCString { truncate($0, off_t(pages * page)) }
  }

  /// Result of scanning a mapping: the rules, the number of marks, and whether it faulted.
  private struct Outcome: Equatable {
    let names: [String]
    let marks: Int
    let faulted: Bool
  }

  private static func scan(_ mapping: borrowing Mapping, _ scanner: inout Scanner)
    throws -> Outcome
  {
    var failure: YaraError?
    let (result, faulted) = mapping.withBytes { bytes -> ScanResult? in
      do throws(YaraError) { return try scanner.scan(bytes) } catch {
        failure = error
        return nil
      }
    }
    if let failure { throw failure }
    return Outcome(
      names: result!.names, marks: result!.matches.first?.strings.count ?? 0, faulted: faulted)
  }

  @Test func eachScanSeesWhatIsLeftOfItsOwnFile() throws {
    let wrong = Atomic<Int>(0)
    let faults = Atomic<Int>(0)
    let (folder, rules) = (folder.raw, rules)
    onThreads { thread in
      let path = folder.appending(RawPath("file\(thread)"))
      var random = SeededGenerator(seed: UInt64(thread))
      var scanner = try Scanner(rules)
      for _ in 0..<Self.iterations {
        let left = random.oneIn(3) ? Self.pages : random.number(0...Self.pages - 1)
        try Self.write(path)
        let mapping = try Self.map(path)
        Self.cut(path, to: left)
        let outcome = try Self.scan(mapping, &scanner)
        let names = (left > 0 ? ["marks", "first"] : []) + (left == Self.pages ? ["last"] : [])
        let expected = Outcome(names: names, marks: left, faulted: left < Self.pages)
        if outcome != expected { wrong.add(1, ordering: .relaxed) }
        if outcome.faulted { faults.add(1, ordering: .relaxed) }
      }
    }
    #expect(wrong.load(ordering: .relaxed) == 0)
    #expect(faults.load(ordering: .relaxed) > Self.threads * Self.iterations / 3)
  }

  /// The truncation comes from another thread at any moment: either everything was seen, or it is
  /// reported.
  @Test func aCutAtAnyMomentIsToldOrCameTooLate() throws {
    let wrong = Atomic<Int>(0)
    let isDone = Atomic<Bool>(false)
    let (folder, rules) = (folder.raw, rules)
    for thread in 0..<Self.threads { try Self.write(folder.appending(RawPath("file\(thread)"))) }
    let cutter = DispatchGroup()
    cutter.enter()
    Thread.detachNewThread {
      var random = SeededGenerator(seed: 99)
      while !isDone.load(ordering: .acquiring) {
        let file = random.number(0...Self.threads - 1)
        Self.cut(folder.appending(RawPath("file\(file)")), to: random.number(0...Self.pages - 1))
      }
      cutter.leave()
    }
    onThreads { thread in
      let path = folder.appending(RawPath("file\(thread)"))
      var scanner = try Scanner(rules)
      for _ in 0..<Self.iterations {
        try Self.write(path)
        // The other thread may have been faster: then the mapping begins with vanished pages.
        let mapping = try Self.map(path)
        let outcome = try Self.scan(mapping, &scanner)
        let isWhole = outcome.marks == Self.pages && outcome.names == ["marks", "first", "last"]
        if !outcome.faulted && !isWhole { wrong.add(1, ordering: .relaxed) }
      }
    }
    isDone.store(true, ordering: .releasing)
    cutter.wait()
    #expect(wrong.load(ordering: .relaxed) == 0)
  }
}
