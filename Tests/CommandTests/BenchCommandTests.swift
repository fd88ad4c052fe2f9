import Foundation
import TestSupport
import Testing

/// `trawl bench` through the binary: figures, and comparison with a baseline.
@Suite struct BenchCommandTests {
  private let folder: TemporaryDirectory
  private let evidence = Fixtures.folder + "/installation"

  init() throws { folder = try TemporaryDirectory() }

  private func bench(_ arguments: String...) throws -> Subprocess.Result {
    try Subprocess.run(Command.path, ["bench", "--runs", "1", "-q"] + arguments)
  }

  private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test func figuresAreThoseOfAScan() throws {
    let result = try bench("--no-peer", "--format", "json", evidence)
    #expect(result.status == 0, "\(result.errors)")
    let figures = try object(result.text)
    let (_, lines) = try Command.lines(evidence)
    #expect(figures["items"] as? Int == lines.last?.items?["seen"])
    #expect(figures["type"] as? String == "benchmark")
    #expect(figures["peer"] == nil)
    let stages = try #require(figures["stages"] as? [[String: Any]])
    #expect(stages.compactMap { $0["name"] as? String } == ["open", "gate", "search", "confirm"])
    #expect(stages[0]["items"] as? Int == figures["items"] as? Int)
    #expect(stages[3]["items"] as? Int == figures["candidates"] as? Int)
    #expect((figures["rule_costs"] as? [[String: Any]])?.isEmpty == false)
  }

  @Test func aRegressionExitsWithOne() throws {
    let path = folder.path + "/base.json"
    #expect(try bench("--no-peer", "--format", "json", "-o", path, evidence).status == 0)
    let base = try object(String(contentsOfFile: path, encoding: .utf8))
    func compared(with changes: [String: Any]) throws -> Subprocess.Result {
      let data = try JSONSerialization.data(withJSONObject: base.merging(changes) { $1 })
      try data.write(to: URL(fileURLWithPath: path))
      return try bench("--no-peer", "--baseline", path, "--max-regression", "10%", evidence)
    }
    let slow: [String: Double] = ["median": 1e6, "least": 1e6, "greatest": 1e6]
    let same = try compared(with: ["processor": slow])
    #expect(same.status == 0, "\(same.text)")
    #expect(same.text.contains(/bytes read +\d+ +\d+ +\+0\.0 % +10\.0 % +ok/))
    let read = try #require(base["bytes_read"] as? Int)
    let worse = try compared(with: ["processor": slow, "bytes_read": read * 8 / 10])
    #expect(worse.status == 1)
    #expect(worse.text.contains(/bytes read .*\+25\.\d % +10\.0 % +WORSE/))
    let fast: [String: Double] = ["median": 1e-6, "least": 1e-6, "greatest": 1e-6]
    #expect(try compared(with: ["processor": fast]).status == 1)
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/yara")))
  func yaraRunsInTheSameRun() throws {
    let rules = try folder.write(
      "rule pe { condition: uint16(0) == 0x5a4d and limit > 3 }", to: "rules.yar")
    let result = try bench(
      "--signatures", rules, "-d", "limit=5", "--format", "json", evidence)
    #expect(result.status == 0, "\(result.errors)")
    let peer = try #require(try object(result.text)["peer"] as? [String: Any])
    #expect(peer["equal"] as? Bool == true)
    #expect(try #require(peer["ratio"] as? Double) > 0)
  }

  @Test func whatIsNoBaselineIsRefused() throws {
    let path = try folder.write("{\"schema\":1,\"type\":\"summary\"}\n", to: "other.json")
    #expect(try bench("--no-peer", "--baseline", path, evidence).status == 2)
    #expect(try bench("--no-peer", "/nonexistent").status == 2)
    #expect(try bench("--no-peer", "-o", evidence + "/bench.json", evidence).status == 2)
  }
}
