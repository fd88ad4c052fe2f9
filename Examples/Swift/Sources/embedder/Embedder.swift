import Trawl

/// Scans memory, files and a callback with its own rules, using only the public API, and checks
/// the results: it ends with status 0 only if all are correct.
@main
struct Embedder {
  static func main() async throws {
    let rules = try compiledRules()
    try checkScanner(rules)
    try await checkEngine(rules)
    try await checkExample()
    print("embedding: all is as it should be")
  }

  /// The example of README.md, with an existing folder.
  static func checkExample() async throws {
    let scan = Scan([FileSource(["/bin/true"])], with: try RuleSet(.kaspersky))
    var count = 0
    for try await record in scan.records {
      if case .summary(let summary) = record { count = summary.ledger.clean }
    }
    precondition(count == 1)
  }

  static func compiledRules() throws -> Rules {
    var compiler = try Compiler(includes: .disabled)
    try compiler.add(text: #"rule needle { strings: $a = "needle" condition: $a }"#)
    return try compiler.rules()
  }

  /// libyara alone.
  static func checkScanner(_ rules: Rules) throws {
    var scanner = try Scanner(rules)
    let matches = try scanner.scan(Array("a needle".utf8).span.bytes).matches
    precondition(matches.map(\.rule.identifier) == ["needle"])
  }

  /// The engine with input from memory, from a callback and from the file system, and with
  /// records read as they arrive.
  static func checkEngine(_ rules: Rules) async throws {
    let scan = Scan(
      [
        MemorySource(name: "memory", bytes: Array("a needle".utf8)),
        ReaderSource(name: "callback", size: 6) { buffer, _ in
          buffer.copyBytes(from: Array("needle".utf8))
          return 6
        },
        FileSource(["/bin/true"]),
      ], with: RuleSet(rules: rules, records: []))
    var found: [String] = []
    var summary: Summary?
    for try await record in scan.records {
      switch record {
      case .finding(let finding): found.append(finding.locator.path.shown)
      case .summary(let last): summary = last
      case .problem, .product, .context: break
      }
    }
    precondition(found.sorted() == ["callback", "memory"], "\(found)")
    precondition(summary?.ledger.seen == 3 && summary?.isComplete == true)
  }
}
