import Foundation
import TestSupport
import Testing

/// Scans in units: `plan`, `run` in any order, and `merge` come to what one scan does.
@Suite struct UnitScanTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private var plan: String { folder.path + "/plan" }
  private var parts: String { folder.path + "/parts" }

  /// Makes a plan; returns its units.
  private func makePlan(_ arguments: [String]) throws -> [[String: Any]] {
    let result = try Subprocess.run(Command.path, ["plan", "-o", plan] + arguments)
    #expect(result.status == 0, "\(result.errors)")
    return try String(contentsOfFile: plan, encoding: .utf8).split(separator: "\n").dropFirst().map
    {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  @discardableResult
  private func run(_ unit: Int, to parts: String? = nil, status: Int32 = 0) throws -> String {
    let result = try Command.run(
      "run", plan, "--unit", "\(unit)", "-o", parts ?? self.parts)
    #expect(result.status == status, "unit \(unit): \(result.errors)")
    return result.errors
  }

  private func merge(_ folders: [String], status: Int32 = 0) throws -> (
    lines: [String], messages: String
  ) {
    let output = folder.path + "/merged.jsonl"
    let result = try Subprocess.run(Command.path, ["merge", "-o", output] + folders)
    #expect(result.status == status, "\(result.errors)")
    let text = try String(contentsOfFile: output, encoding: .utf8)
    return (text.split(separator: "\n").map(String.init), result.errors)
  }

  private static func value(_ key: String, of lines: [String]) throws -> NSObject? {
    let summary = try JSONSerialization.jsonObject(with: Data((lines.last ?? "").utf8))
    return (summary as? [String: Any])?[key] as? NSObject
  }

  /// Scans in one process and in units, in random order, some of them twice, and compares the results.
  private func check(
    _ arguments: [String], planned: [String] = [], atLeast least: Int, seed: UInt64
  ) throws {
    let whole = try Subprocess.run(Command.path, ["scan", "--format", "jsonl"] + arguments)
    let units = try makePlan(arguments + planned)
    #expect(units.count >= least)
    var generator = SeededGenerator(seed: seed)
    for unit in units.indices.shuffled(using: &generator) {
      try run(unit)
      // A retry on another machine, with results of its own.
      if unit % 3 == 0 { try run(unit, to: folder.path + "/again") }
    }
    let status: Int32 = try Self.value("complete", of: whole.lines) == true as NSNumber ? 0 : 3
    let (lines, messages) = try merge([parts, folder.path + "/again", parts], status: status)
    #expect(messages.contains("\(units.count) of \(units.count) units"))
    let expected = try CaseScans.result(whole.lines)
    let joined = try CaseScans.result(lines)
    #expect(!expected.findings.isEmpty)
    #expect(joined.findings == expected.findings)
    #expect(joined.problems == expected.problems)
    #expect(joined.products == expected.products)
    #expect(joined.context == expected.context)
    #expect(joined.ledger == expected.ledger)
    let notEntered = try [whole.lines, lines].map {
      Set(try Self.value("not_entered", of: $0) as? [NSObject] ?? [])
    }
    #expect(notEntered[0] == notEntered[1])
    let custody = try [whole.lines, lines].map {
      try #require(try Self.value("custody", of: $0) as? [String: NSObject])
    }
    for key in ["evidence", "rule_sets", "libraries", "tool", "host"] {
      #expect(custody[0][key] == custody[1][key], "\(key)")
    }
    // The order of the files changes nothing.
    let again = try merge([folder.path + "/again", parts], status: status)
    #expect(Array(again.lines.dropLast()) == Array(lines.dropLast()))
  }

  @Test(arguments: [(300, 10), (1000, 3), (100_000, 1)])
  func slicesOfATreeAreOneScan(_ items: Int, _ least: Int) throws {
    try check(
      [CaseScans.tree(in: folder), TraceFixture.folder + "/installed"],
      planned: ["--unit-items", "\(items)"], atLeast: least, seed: UInt64(items))
  }

  /// Hives with logs, drivers with catalogue files, hard links: what a slice needs lies in others.
  @Test func whatASliceNeedsIsFoundInOthers() throws {
    let evidence = folder.path + "/evidence"
    try ContainerFixtures.run("mkdir", ["-p", evidence])
    for (source, name) in [
      (TraceFixture.folder + "/logged", "logged"), (Fixtures.folder + "/catalogues", "catalogues"),
      (Fixtures.folder + "/signed", "signed"),
    ] {
      try ContainerFixtures.run("cp", ["-r", source, evidence + "/" + name])
    }
    try ContainerFixtures.run("cp", ["-rl", evidence + "/signed", evidence + "/a-link"])
    try ContainerFixtures.run("ln", ["-s", "nowhere", evidence + "/link"])
    try check(
      ["--trust-anchor", Fixtures.folder + "/authority.pem", evidence],
      planned: ["--unit-items", "4"], atLeast: 10, seed: 4)
  }

  @Test func imagesAndFilesAreOneScan() throws {
    let copy = folder.path + "/second.dd"
    try ContainerFixtures.run("cp", [TraceFixture.folder + "/disk.dd", copy])
    let targets = [
      Fixtures.folder + "/installation", ImageFixture.splitDisk, Fixtures.folder + "/positive",
      copy, VolumeFixture.path("lvm.dd"), ExtFixture.path("ext4-damaged"),
    ]
    try check(targets, planned: ["--unit-items", "20"], atLeast: 6, seed: 5)
  }

  @Test func oneImageIsOneScan() throws {
    try check(["--unallocated", "all", "--verify", ImageFixture.disk], atLeast: 1, seed: 6)
  }

  @Test func rulesAndFiltersOfTheUserApply() throws {
    let rules = try folder.write(
      "rule pe { condition: uint16(0) == 0x5a4d and limit > 3 }", to: "rules.yar")
    try check(
      [
        "--signatures", rules, "-d", "limit=5", "--exclude", "*.txt", "--follow-symlinks",
        "--max-size", "60k", Fixtures.folder,
      ], atLeast: 1, seed: 7)
  }

  @Test func thePlanDependsOnTheEvidenceOnly() throws {
    let tree = try CaseScans.tree(in: folder)
    _ = try makePlan(["--unit-items", "100", tree])
    let first = try String(contentsOfFile: plan, encoding: .utf8)
    _ = try makePlan(["--unit-items", "100", tree, "-j", "1"])
    #expect(try String(contentsOfFile: plan, encoding: .utf8) == first)
    #expect(first.hasPrefix("{\"schema\":1,\"type\":\"plan\""))
  }

  // MARK: Refusals

  @Test func aUnitIsScannedOnceAndRefusedAfterAChange() throws {
    let rules = try folder.write("rule hit { strings: $a = \"needle\" condition: $a }", to: "r.yar")
    for index in 0..<30 { try folder.write("needle \(index)", to: "evidence/\(index + 10)") }
    let evidence = folder.path + "/evidence"
    let units = try makePlan(["--unit-items", "10", "--signatures", rules, evidence])
    #expect(units.count == 3)
    try run(0)
    #expect(try run(0).contains("has its result"))
    let result = try #require(units[0]["id"] as? String)
    // A result that was cut off is made again.
    let path = parts + "/" + result + ".jsonl"
    let whole = try String(contentsOfFile: path, encoding: .utf8)
    try whole.prefix(whole.count / 2).write(toFile: path, atomically: true, encoding: .utf8)
    try run(0)
    #expect(try String(contentsOfFile: path, encoding: .utf8).hasSuffix("}\n"))
    // Another file, or another size, of this unit only.
    try folder.write("needle, and more", to: "evidence/25")
    #expect(try run(1, status: 2).contains("unit 1: the evidence has changed"))
    try run(2)
    let (lines, messages) = try merge([parts], status: 3)
    #expect(messages.contains("units without a result: 1;"))
    #expect(try Self.value("complete", of: lines) == false as NSNumber)
    try folder.write("rule hit { condition: true }", to: "r.yar")
    #expect(try run(1, status: 2).contains("the rules have changed"))
    let names = try FileManager.default.contentsOfDirectory(atPath: parts)
    #expect(names.count == 2)
  }

  @Test func aPlanThatWasChangedIsRefused() throws {
    _ = try makePlan([Fixtures.folder + "/positive"])
    let text = try String(contentsOfFile: plan, encoding: .utf8)
    for changed in [
      "", "nonsense\n", text.replacing("/positive", with: "/installation"),
      text.replacing("\"number\":0", with: "\"number\":1"),
      String(text.split(separator: "\n")[0]) + "\n", text + text,
    ] {
      try changed.write(toFile: plan, atomically: true, encoding: .utf8)
      _ = try run(0, status: 2)
    }
    try text.write(toFile: plan, atomically: true, encoding: .utf8)
    _ = try run(1, status: 2)
    #expect(try Command.run("run", plan, "--unit", "x", "-o", parts).status == 64)
    #expect(
      try Command.run("run", plan, "-o", Fixtures.folder + "/positive/results").status == 2)
  }

  @Test func resultsOfTwoPlansAreNotJoined() throws {
    _ = try makePlan([Fixtures.folder + "/positive"])
    try run(0)
    _ = try makePlan([Fixtures.folder + "/installation"])
    try run(0)
    let output = folder.path + "/merged.jsonl"
    let result = try Command.run("merge", parts, "-o", output)
    #expect(result.status == 2 && result.errors.contains("another plan"))
    #expect(try Command.run("plan", "/nonexistent", "-o", plan).status == 2)
  }
}
