import Foundation
import Locks
import Testing
import Yara

@Suite struct SharedRulesTests {
  private static let text = """
    import "hash"
    rule words { strings: $a = "hello" $b = /w[a-z]+d/ condition: any of them }
    rule broad { strings: $a = "hello" wide xor condition: $a }
    rule size { condition: filesize % 5 < 2 and hash.md5(0, filesize) != "x" }
    rule number { condition: value == 1 }
    private rule p { condition: true }
    """

  private static let items: [[UInt8]] = (0..<200).map { index in
    var item = [UInt8](repeating: UInt8(index), count: index * 3)
    if index % 2 == 0 { item += Array("hello world".utf8) }
    if index % 3 == 0 { item += "hello".utf8.flatMap { [$0 ^ UInt8(index), UInt8(index)] } }
    return item
  }

  /// Runs `body` on several threads at once, and returns when all are done.
  private func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let group = DispatchGroup()
    for index in 0..<count {
      group.enter()
      let thread = Thread {
        body(index)
        group.leave()
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    group.wait()
  }

  @Test func scannersOnSeveralThreadsReportTheSame() throws {
    let rules = try rules(Self.text, externals: ["value": .integer(1)])
    var scanner = try Scanner(rules)
    let expected = try Self.items.map { item in try scanner.scan(item) }
    #expect(Set(expected.flatMap(\.names)) == ["words", "broad", "size", "number"])
    let results = Locked<[Int: [ScanResult]]>([:])
    onThreads(4) { index in
      do throws(YaraError) {
        var scanner = try Scanner(rules)
        var mine: [ScanResult] = []
        for item in Self.items { mine.append(try scanner.scan(item)) }
        results.withLock { $0[index] = mine }
      } catch { Issue.record(error) }
    }
    for index in 0..<4 { #expect(results.withLock { $0[index] } == expected) }
  }

  @Test func rulesAreDescribedFromSeveralThreads() throws {
    let rules = try rules(Self.text, externals: ["value": .integer(1)])
    let names = Locked<[[String]]>([])
    onThreads(4) { _ in names.withLock { $0.append(rules.rules.map(\.identifier)) } }
    #expect(
      names.withLock { $0 }
        == Array(repeating: ["words", "broad", "size", "number", "p"], count: 4))
  }

  @Test func anExternalVariableBelongsToOneScanner() throws {
    let rules = try rules(Self.text, externals: ["value": .integer(0)])
    let names = Locked<[Int: [String]]>([:])
    onThreads(4) { index in
      do throws(YaraError) {
        var scanner = try Scanner(rules)
        try scanner.define("value", as: .integer(Int64(index)))
        for _ in 0..<200 {
          let result = try scanner.scan("xyz").names
          names.withLock { $0[index, default: []] += result }
        }
      } catch { Issue.record(error) }
    }
    #expect(names.withLock { $0[1] } == Array(repeating: "number", count: 200))
    #expect(names.withLock { [$0[0], $0[2], $0[3]] } == [[], [], []])
  }

  @Test func compilersRunOnSeveralThreads() throws {
    let counts = Locked<[Int]>([])
    onThreads(4) { index in
      do throws(YaraError) {
        for round in 0..<5 {
          let text = (0...index + round).map {
            "rule r\($0) { strings: $a = \"text\($0)\" condition: $a }"
          }.joined(separator: "\n")
          let rules = try rules(text)
          var scanner = try Scanner(rules)
          let found = try scanner.scan("text0").names
          counts.withLock { $0.append(rules.count == index + round + 1 ? found.count : -1) }
        }
      } catch { Issue.record(error) }
    }
    #expect(counts.withLock { $0 } == Array(repeating: 1, count: 20))
  }

  @Test func aScannerMayMoveBetweenThreads() throws {
    let rules = try rules(Self.text, externals: ["value": .integer(1)])
    let names = Locked<[String]>([])
    let holder = try ScannerHolder(Scanner(rules))
    for _ in 0..<3 {
      onThreads(1) { _ in
        let found = holder.scan("hello!")
        names.withLock { $0 += found }
      }
    }
    #expect(
      names.withLock { $0 }
        == Array(repeating: ["words", "size", "number"], count: 3).flatMap(\.self))
  }
}

/// One scanner that several threads use in turn.
private final class ScannerHolder: @unchecked Sendable {
  private let lock = NSLock()
  private var scanner: Scanner

  init(_ scanner: consuming Scanner) { self.scanner = scanner }

  func scan(_ text: String) -> [String] {
    lock.lock()
    defer { lock.unlock() }
    return (try? scanner.scan(text).names) ?? []
  }
}
