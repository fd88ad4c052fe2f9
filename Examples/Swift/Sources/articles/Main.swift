import Trawl

/// Runs every example of the articles, and checks the results: it ends with status 0 only if all
/// is correct.
@main
struct Main {
  static func main() async throws {
    let tool = Array(#"C:\internal\tool.pdb"#.utf8)
    let uploads = [Array("hay".utf8), tool, [], tool + tool]

    try require(OwnRules.report("/bin/true").ledger.clean == 1)
    require(OwnRules.diagnostics().first?.line == 1)
    try require(Memory.answers(uploads) == [false, true, false, true])
    try await require(Memory.parallel(uploads) == 2)
    try require(Memory.together(uploads).matched == 2)
    try require(Sources.mail().ledger.failed[.unreadable] == 1)
    let size = tool.count
    try require(
      Sources.object(UInt64(size)) { Array(tool[Int($0)..<min(size, Int($0) + $1)]) }.ledger.matched
        == 1)
    try require(Sources.object(10) { _, _ in nil }.ledger.failedCount == 1)
    try require(Records.blocking("/bin/true").isComplete)
    try await require(Records.asynchronous("/bin/true") == 0)
    try await require(Records.cancelled(EndlessSource()))
    let scan = Scan([], with: try OwnRules.ruleSet())
    require(Records.progress(scan) == "0 items, 0 bytes, 0 findings")
    print("articles: all is as it should be")
  }

  static func require(_ holds: Bool, line: Int = #line) {
    precondition(holds, "line \(line)")
  }
}
