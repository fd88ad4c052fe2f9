import Foundation
import Testing
import Yara

@Suite struct LimitTests {
  /// A scan that would take minutes.
  private static let endless =
    "rule endless { condition: for all i in (0..10000000000) : (uint8(i % 4) != 0) }"

  @Test func aScanEndsWhenItsTimeIsUp() throws {
    var options = Scanner.Options()
    options.timeout = 1
    var scanner = try Scanner(rules(Self.endless), options: options)
    do {
      _ = try scanner.scan("text")
      Issue.record("the scan came to an end")
    } catch {
      #expect(error.code == .scanTimeout)
      #expect(error.message.contains("timed out"))
    }
    #expect(!scanner.interrupt.hasFired)
  }

  @Test func aScannerThatTimedOutGoesOn() throws {
    var options = Scanner.Options()
    options.timeout = 1
    let text = """
      rule endless { condition: filesize > 3 and for all i in (0..10000000000) : (uint8(i % 4) != 0) }
      rule words { strings: $a = "abc" condition: $a }
      """
    var scanner = try Scanner(rules(text), options: options)
    do {
      _ = try scanner.scan("abcd")
      Issue.record("the scan came to an end")
    } catch { #expect(error.code == .scanTimeout) }
    #expect(try scanner.scan("abc").names == ["words"])
    #expect(try scanner.scan("xyz").names == [])
  }

  @Test func aScanIsInterruptedFromAnotherThread() throws {
    var options = Scanner.Options()
    // A broken interrupt must fail the test, not hang it.
    options.timeout = 300
    var scanner = try Scanner(rules(Self.endless), options: options)
    let interrupt = scanner.interrupt
    #expect(!interrupt.hasFired)
    Thread.detachNewThread {
      Thread.sleep(forTimeInterval: 0.05)
      interrupt.fire()
    }
    do {
      _ = try scanner.scan("text")
      Issue.record("the scan came to an end")
    } catch { #expect(error.code == .scanTimeout) }
    #expect(interrupt.hasFired)
  }

  @Test func aScanOfManyBytesIsInterruptedToo() throws {
    let text = "rule slow { strings: $a = /(a|b)[^c]{500,900}d/ condition: $a }"
    var options = Scanner.Options()
    options.timeout = 300
    var scanner = try Scanner(rules(text), options: options)
    let interrupt = scanner.interrupt
    Thread.detachNewThread {
      Thread.sleep(forTimeInterval: 0.05)
      interrupt.fire()
    }
    do {
      _ = try scanner.scan([UInt8](repeating: 0x61, count: 64 << 20))
      Issue.record("the scan came to an end")
    } catch { #expect(error.code == .scanTimeout) }
    #expect(interrupt.hasFired)
  }

  @Test func anInterruptStopsEveryLaterScan() throws {
    var scanner = try Scanner(rules("rule a { condition: true }"))
    #expect(try scanner.scan("text").names == ["a"])
    scanner.interrupt.fire()
    for _ in 0..<2 {
      do {
        _ = try scanner.scan("text")
        Issue.record("a scan began after the interrupt")
      } catch { #expect(error.code == .scanTimeout) }
    }
  }

  @Test func anInterruptMayOutliveItsScanner() throws {
    func make() throws -> Interrupt { try Scanner(rules("rule a { condition: true }")).interrupt }
    let interrupt = try make()
    interrupt.fire()
    #expect(interrupt.hasFired)
  }

  @Test func anInterruptStopsItsOwnScannerOnly() throws {
    let rules = try rules("rule a { condition: true }")
    let stopped = try Scanner(rules)
    var other = try Scanner(rules)
    stopped.interrupt.fire()
    #expect(try other.scan("text").names == ["a"])
    #expect(!other.interrupt.hasFired)
    _ = consume stopped
  }

  @Test func tooManyMatchesOfAStringAreReported() throws {
    let text = """
      rule many { strings: $a = "a" $b = "b" condition: any of them }
      rule other { strings: $a = "ab" condition: $a }
      """
    var scanner = try Scanner(rules(text))
    let item = [UInt8](repeating: 0x61, count: 1_000_005) + [0x62]
    let result = try scanner.scan(item)
    #expect(result.names == ["many", "other"])
    #expect(result.cutStrings.map(\.rule) == ["many"])
    #expect(result.cutStrings.map(\.identifier) == ["$a"])
    let places = try #require(result.matches.first?.strings)
    #expect(places.filter { $0.identifier == "$a" }.count == 1_000_000)
    #expect(places.filter { $0.identifier == "$b" }.map(\.offset) == [1_000_005])
    let next = try scanner.scan("a")
    #expect(next.cutStrings == [])
    #expect(next.names == ["many"])
  }
}
