import Foundation
import TestSupport
import Testing

/// The sieve through the built binary: what it may change is the time, never the answer.
@Suite struct SieveCommandTests {
  private static let busyRules = Fixtures.package + "/Tests/Rules/busy.yar"

  private func findings(_ arguments: String...) throws -> (
    findings: [String], summary: [String: Any], status: Int32
  ) {
    let result = try Subprocess.run(Command.path, ["scan", "--format", "jsonl"] + arguments)
    let lines = try result.lines.map {
      try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
    }
    // Whole records, in an order of our own: items end in any.
    let findings = try lines.filter { $0["type"] as? String != "summary" }.map {
      String(
        decoding: try JSONSerialization.data(withJSONObject: $0, options: [.sortedKeys]),
        as: UTF8.self)
    }
    return (findings.sorted(), lines.last ?? [:], result.status)
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
    let seen = (summary["items"] as? [String: Int])?["seen"]
    #expect(summary["scanned_by_libyara"] as? Int == seen)
    #expect(summary["excluded_by_gate"] as? Int == 0)
    #expect(summary["excluded_by_sieve"] as? Int == 0)
  }

  @Test func everyItemHasOneWayToItsAnswer() throws {
    let (_, summary, _) = try findings(Fixtures.folder)
    let ways = [
      "excluded_by_gate", "excluded_by_sieve", "evaluated_without_scan", "scanned_by_libyara",
    ].compactMap { summary[$0] as? Int }
    #expect(ways.count == 4)
    #expect(ways.reduce(0, +) == (summary["items"] as? [String: Int])?["seen"])
    let present = try #require(summary["bytes_present"] as? Int)
    #expect(try #require(summary["bytes_read"] as? Int) < 2 * present)
  }

  @Test func exclusionsCanBeVerified() throws {
    let all = try findings("--verify-sieve=100%", Fixtures.folder)
    let excluded = ["excluded_by_gate", "excluded_by_sieve", "evaluated_without_scan"].reduce(0) {
      $0 + (all.summary[$1] as? Int ?? 0)
    }
    #expect(excluded > 20)
    #expect(all.summary["sieve_verified"] as? Int == excluded)
    #expect(all.summary["sieve_differences"] as? Int == 0)
    let some = try findings("--jobs", "1", "--verify-sieve", Fixtures.folder)
    #expect(some.summary["sieve_verified"] as? Int == excluded * 5 / 100)
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
    #expect(text.contains("$a, because libyara itself must look at every byte for it"))
    #expect(text.contains("printing: every item must be scanned for it"))
    #expect(text.contains("sized: excluded by size and first bytes"))
    #expect(text.contains("needs one of: \"needle\""))
  }

  @Test func anItemIsExplainedRuleByRule() throws {
    let file = Fixtures.positive("kaspersky_windows_driver_klif")
    let text = try Command.run("signatures", "explain", "--item", file).text
    #expect(text.contains("kaspersky_windows_driver_klif: KEEPS the item"))
    #expect(
      text.contains("kaspersky_any_licence_klsw: excluded by the gate: uint32be(0) == 0x4B4C7377"))
  }

  // MARK: The cache

  /// Rules with so many strings that their database is kept.
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
    // A damaged entry is made again, and the answer stays.
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
