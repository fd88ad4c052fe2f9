import Foundation
import TestSupport
import Testing

/// `trawl merge` on generated results of many machines.
@Suite struct MergeCommandTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  /// Results of a machine: one product, its findings, a summary.
  private func results(_ number: Int) -> String {
    let version = "11.\(number % 3)"
    let product = ResultLines.product.replacing("\"1.2\"", with: "\"\(version)\"")
      .replacing("/e/disk.dd", with: "/")
      .replacing(#""volume":{"index":1,"start":512,"length":1024,"type":"ntfs"},"#, with: "")
    let summary = ResultLines.summary.replacing("\"host\":\"h\"", with: "\"host\":\"ws\(number)\"")
      .replacing(
        #"{"name":"/e/disk.dd","kind":"image","size":10}"#,
        with: #"{"name":"/","kind":"directory"}"#)
    let context = ResultLines.context.replacing("ssl.dll", with: "ssl\(number).dll")
    return "\(context)\n\(product)\n\(summary)\n"
  }

  private func write(_ count: Int, to name: String) throws {
    for number in 0..<count {
      try folder.write(results(number), to: "\(name)/\(number / 500)/machine-\(number).jsonl")
    }
  }

  private func merge(_ arguments: [String], to output: String) throws -> (Subprocess.Result, String)
  {
    let path = folder.path + "/" + output
    let result = try Subprocess.run(
      Command.path, ["merge"] + arguments.map { folder.path + "/" + $0 } + ["-o", path])
    return (result, (try? String(contentsOfFile: path, encoding: .utf8)) ?? "")
  }

  @Test func orderAndRepetitionChangeNothing() throws {
    try write(2000, to: "in")
    let (result, fleet) = try merge(["in"], to: "fleet.jsonl")
    #expect(result.status == 0)
    #expect(fleet.split(separator: "\n").count == 6000)
    // The same under other names, some twice, the lines of some in another order.
    var generator = SeededGenerator(seed: 5)
    for (rank, number) in (0..<2000).shuffled(using: &generator).enumerated() {
      var lines = results(number).split(separator: "\n")
      if rank.isMultiple(of: 5) { lines.swapAt(0, 1) }
      try folder.write(lines.joined(separator: "\r\n"), to: "again/\(rank % 7)/x\(rank).jsonl")
      if rank.isMultiple(of: 3) { try folder.write(results(number), to: "again/copy-\(rank).json") }
    }
    let (second, again) = try merge(["again"], to: "again.jsonl")
    #expect(second.status == 0)
    #expect(again == fleet)
    // A fleet may be joined with more, and with itself.
    let (_, joined) = try merge(["fleet.jsonl", "again", "again.jsonl"], to: "joined.jsonl")
    #expect(joined == fleet)
  }

  @Test func reportsCountEndpointsOfProductsAndVersions() throws {
    try write(30, to: "in")
    let (result, _) = try merge(["in"], to: "fleet.jsonl")
    #expect(result.text.split(separator: "\n").count == 4)
    #expect(result.text.contains(/P +11\.0 +installed +strong +10\n/))
    let csv = try Command.run(
      "report", folder.path + "/fleet.jsonl", "--format", "csv", "-o", folder.path + "/reports")
    #expect(csv.status == 0)
    let rows = try String(
      contentsOfFile: folder.path + "/reports/endpoints.csv", encoding: .utf8)
    #expect(rows.contains("P,11.1,V,false,installed,strong,10,"))
    let products = try String(
      contentsOfFile: folder.path + "/reports/products.csv", encoding: .utf8)
    #expect(products.contains("ws29,"))
  }

  @Test func incompleteResultsAreSaidAndKept() throws {
    try folder.write(results(1), to: "in/a.jsonl")
    try folder.write("", to: "in/b.jsonl")
    try folder.write(results(2) + "nonsense\n", to: "in/c.jsonl")
    let (result, fleet) = try merge(["in"], to: "fleet.jsonl")
    #expect(result.status == 3)
    #expect(result.errors.contains("2 incomplete"))
    #expect(fleet.ranges(of: "\"type\":\"defect\"").count == 2)
    let diff = try Command.run("diff", folder.path + "/in/a.jsonl", folder.path + "/fleet.jsonl")
    #expect(diff.text.contains("INCOMPLETE"))
  }

  @Test func machinesCanBeNamedByTheirFiles() throws {
    try folder.write(results(1), to: "in/alpha.jsonl")
    try folder.write(results(2), to: "in/beta.jsonl")
    let output = folder.path + "/fleet.jsonl"
    let result = try Command.run("merge", folder.path + "/in", "--names-by-file", "-o", output)
    #expect(result.status == 0)
    let fleet = try String(contentsOfFile: output, encoding: .utf8)
    #expect(fleet.hasPrefix("{\"schema\":1,\"machine\":\"alpha\",\"scan\":\""))
    #expect(fleet.contains("\"machine\":\"beta\""))
  }

  @Test func anOutputThatCannotBeWrittenExitsWithTwo() throws {
    try folder.write(results(1), to: "in/a.jsonl")
    let result = try Command.run("merge", folder.path + "/in", "-o", "/nonexistent/fleet.jsonl")
    #expect(result.status == 2)
    #expect(try Command.run("merge", folder.path + "/in").status == 64)
  }
}
