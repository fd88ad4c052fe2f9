import Foundation
import TestSupport
import Testing

/// The sieve through the built binary: it may change the time, never the answer.
@Suite struct SieveCommandTests {
  private static let busyRules = Fixtures.package + "/Tests/Rules/busy.yar"

  private func findings(_ arguments: String...) throws -> (
    findings: [String], summary: OutputRecord, status: Int32
  ) {
    let result = try Subprocess.run(Command.path, ["scan", "--format", "jsonl"] + arguments)
    let summary = try #require(try OutputRecord.all(in: result.lines).last)
    // Whole records, sorted: items end in any order.
    return (result.lines.dropLast().sorted(), summary, result.status)
  }

  @Test(arguments: [[], ["--signatures", busyRules]])
  func onAndOffTheFindingsAreTheSame(rules: [String]) throws {
    let folder = Fixtures.folder
    let arguments = rules + [folder]
    let on = try Subprocess.run(Command.path, ["scan", "--format", "jsonl"] + arguments)
    let off = try Subprocess.run(
      Command.path, ["scan", "--no-sieve", "--format", "jsonl"] + arguments)
    let withSieve = on.lines.filter { $0.contains(#""type":"finding""#) }.sorted()
    let without = off.lines.filter { $0.contains(#""type":"finding""#) }.sorted()
    #expect(withSieve.count > 50)
    #expect(withSieve == without)
    #expect(on.status == off.status)
  }

  @Test func withoutTheSieveEveryItemIsScanned() throws {
    let (_, summary, _) = try findings("--no-sieve", Fixtures.folder)
    let seen = summary.items?["seen"]
    #expect(summary.scannedByLibyara == seen)
    #expect(summary.excludedByGate == 0)
    #expect(summary.excludedBySieve == 0)
  }

  @Test func everyItemHasOneWayToItsAnswer() throws {
    let (_, summary, _) = try findings(Fixtures.folder)
    let ways = [
      summary.excludedByGate, summary.excludedBySieve, summary.evaluatedWithoutScan,
      summary.scannedByLibyara,
    ].compactMap(\.self)
    #expect(ways.count == 4)
    #expect(ways.reduce(0, +) == summary.items?["seen"])
    let present = try #require(summary.bytesPresent)
    #expect(try #require(summary.bytesRead) < 2 * present)
  }

  @Test func exclusionsCanBeVerified() throws {
    func excluded(_ summary: OutputRecord) -> Int {
      [summary.excludedByGate, summary.excludedBySieve, summary.evaluatedWithoutScan]
        .reduce(0) { $0 + ($1 ?? 0) }
    }
    let all = try findings("--verify-sieve=100%", Fixtures.folder)
    #expect(excluded(all.summary) > 20)
    #expect(all.summary.sieveVerified == excluded(all.summary))
    #expect(all.summary.sieveDifferences == 0)
    let some = try findings("--jobs", "1", "--verify-sieve", Fixtures.folder)
    #expect(some.summary.sieveVerified == excluded(some.summary) * 5 / 100)
    #expect(try Command.run("scan", "--verify-sieve=0", Fixtures.folder).status == 64)
  }

  @Test func explanationsNameTheStageOfEachPart() throws {
    let result = try Command.run("signatures", "explain")
    #expect(result.status == 0)
    #expect(result.text.contains("gate    uint16(0) == 0x5A4D"))
    #expect(result.text.contains("\"[[[ KLIF.SYS;%d.\" (wide)"))
    #expect(!result.text.contains("every item must be scanned"))
  }

  @Test func explanationsOfOwnRulesSayWhatIsNotPossible() throws {
    let folder = try TemporaryDirectory()
    let rules = try folder.write(
      """
      import "console"
      rule short { strings: $a = "ab" condition: $a }
      rule anything { strings: $a = /[a-z]{3}[0-9]/ condition: $a }
      rule printing { condition: console.log("x") }
      rule sized { strings: $a = "needle" condition: $a and filesize < 100 }
      """, to: "r.yar")
    let text = try Command.run("signatures", "explain", rules).text
    #expect(text.contains("short: every item must be scanned for it"))
    #expect(text.contains("$a, because its fixed parts are shorter than 3 bytes"))
    #expect(text.contains("$a, because libyara itself must check every byte for it"))
    #expect(text.contains("printing: every item must be scanned for it"))
    #expect(text.contains("sized: excluded by size and first bytes"))
    #expect(text.contains("needs one of: \"needle\""))
  }

  @Test func theMostExpensiveRulesComeFirstWithARemedy() throws {
    let folder = try TemporaryDirectory()
    let rules = try folder.write(
      """
      rule cheap { strings: $a = "a needle in a haystack" condition: $a }
      rule short { strings: $a = "ab" condition: $a }
      rule small { strings: $a = /[a-z]{3}[0-9]/ condition: $a and uint32(0) == 0x12345678 }
      """, to: "r.yar")
    let lines = try Command.run("signatures", "explain", rules).lines
    #expect(lines.first == "3 rules:")
    #expect(lines.contains("  1: every item must be scanned for it"))
    let place = try #require(lines.firstIndex(of: "Most expensive, by estimate:"))
    #expect(lines[place + 1].hasPrefix("  short: $a is not searched, because its fixed parts"))
    #expect(lines[place + 2].hasPrefix("    remedy: require a string with three fixed bytes"))
    #expect(lines[place + 3].hasPrefix("  small: $a is not searched"))
    #expect(!lines.contains { $0.hasPrefix("  cheap: ") })
  }

  @Test func rulesAreMeasuredOnADirectory() throws {
    let folder = try TemporaryDirectory()
    // The same name in two files: each is explained in a namespace of its own.
    let one = try folder.write(
      #"rule r { strings: $a = "needle" condition: $a }"#, to: "rules/one.yar")
    let two = try folder.write(
      #"rule r { strings: $a = /[a-z]{3}[0-9]/ condition: $a }"#, to: "rules/two.yar")
    let dots = String(repeating: ".", count: 10_000)
    for (name, text) in [("a", "a needle"), ("b", "nothing" + dots), ("c", dots)] {
      try folder.write(text, to: "items/" + name)
    }
    let result = try Command.run(
      "signatures", "explain", folder.path + "/rules", "--profile", folder.path + "/items")
    #expect(result.status == 0)
    #expect(result.lines.contains("Measured on 3 items of 20015 bytes:"))
    #expect(
      result.lines.contains { $0.contains("\(two):r: ") && $0.contains("on 3 items of 20015") })
    #expect(result.lines.contains { $0.contains("\(one):r: ") && $0.contains("on 1 items of 8 ") })
  }

  @Test func anItemIsExplainedRuleByRule() throws {
    let file = Fixtures.positive("kaspersky_windows_driver_klif")
    let text = try Command.run("signatures", "explain", "--item", file).text
    #expect(text.contains("kaspersky_windows_driver_klif: KEEPS the item"))
    #expect(
      text.contains("kaspersky_any_licence_klsw: excluded by the gate: uint32be(0) == 0x4B4C7377"))
  }

  // MARK: The cache

  /// Rules with enough strings for a cached database.
  private func manyRules(in folder: TemporaryDirectory) throws -> String {
    let strings = (0..<200).map { "$s\($0) = \"string number \($0) of many\"" }
    return try folder.write(
      "rule many { strings: \(strings.joined(separator: " ")) condition: any of them }",
      to: "many.yar")
  }

  @Test func databasesAreKeptForTheNextRun() throws {
    let folder = try TemporaryDirectory()
    let rules = try manyRules(in: folder)
    let item = try folder.write("this is string number 77 of many", to: "item")
    let cache = folder.path + "/cache"
    for expected in [0, 1, 1] {
      if expected > 0 {
        let names = try FileManager.default.contentsOfDirectory(atPath: cache + "/trawl")
        #expect(names.count == expected)
      }
      let result = try Subprocess.run(
        Command.path, ["scan", "--signatures", rules, item],
        environment: ["XDG_CACHE_HOME": cache])
      #expect(result.status == 1)
    }
    // A damaged entry is recreated, and the answer stays the same.
    let name = try #require(
      try FileManager.default.contentsOfDirectory(atPath: cache + "/trawl").first)
    try Data("damaged".utf8).write(to: URL(fileURLWithPath: cache + "/trawl/" + name))
    let again = try Subprocess.run(
      Command.path, ["scan", "--signatures", rules, item], environment: ["XDG_CACHE_HOME": cache])
    #expect(again.status == 1)
    let kept = try Data(contentsOf: URL(fileURLWithPath: cache + "/trawl/" + name))
    #expect(kept.count > 1000)
  }

  @Test func nothingIsKeptWithoutTheWishOrInsideATarget() throws {
    let folder = try TemporaryDirectory()
    let rules = try manyRules(in: folder)
    let item = try folder.write("nothing", to: "target/item")
    let cache = folder.path + "/target/cache"
    let inside = try Subprocess.run(
      Command.path, ["scan", "--signatures", rules, folder.path + "/target"],
      environment: ["XDG_CACHE_HOME": cache])
    #expect(inside.status == 0)
    #expect(!FileManager.default.fileExists(atPath: cache))
    let outside = try Subprocess.run(
      Command.path, ["scan", "--no-cache", "--signatures", rules, item],
      environment: ["XDG_CACHE_HOME": folder.path + "/other"])
    #expect(outside.status == 0)
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/other"))
  }
}
