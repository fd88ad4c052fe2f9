import Bytes
import Engine
import Evidence
package import Findings
import Identity
package import Profiles
import Reports
import Results

/// Joins the results of a plan's units into those of one scan. The order in which they are added changes nothing, and
/// each unit counts once. The memory grows with the findings, as in a scan, but not with the number of units.
package struct UnitJoin {
  /// Counts for the user.
  package struct Counts: Hashable, Sendable {
    package var units = 0
    package var joined = 0
    package var duplicates = 0
    /// Files that cannot be read to their end. Their units are missing unless another file holds them.
    package var damaged = 0
    package var findings = 0
    package var missing: Int { units - joined }
  }

  package private(set) var counts = Counts()
  private var plan: String?
  private var joined = Set<Int>()
  private var sorter: LineSorter
  private var inventory: Inventory
  private var totals = Totals()
  private let products: ProductNames

  package init(_ products: ProductNames, memory: Int = 192 << 20) {
    self.products = products
    inventory = Inventory(products)
    sorter = LineSorter(memory: memory)
  }

  /// Adds a result. Throws if it is of another plan, or the output of the join fails; one that is damaged only counts.
  package mutating func add(_ result: UnitResult, say: (String) -> Void) throws {
    let header = result.header
    if plan == nil {
      plan = header.plan
      counts.units = header.of
    }
    guard header.plan == plan, header.of == counts.units else {
      throw ResultError(
        result.path, "it belongs to another plan; join the results of each plan separately")
    }
    guard !joined.contains(header.number) else {
      counts.duplicates += 1
      return
    }
    // Checked to its end before anything of it counts.
    do {
      try result.read { line in
        if case .end(let end) = line, !end.isPlausible(header) {
          throw ResultError(result.path, "its counts are impossible")
        }
      }
    } catch {
      counts.damaged += 1
      say("\(error)")
      return
    }
    try result.read { line in
      switch line {
      case .record(let entry):
        if case .finding = entry.record { counts.findings += 1 }
        try sorter.add(Array(entry.line.utf8), key: ResultOrder.key(of: entry.record))
      case .piece(.finding(let finding)): inventory.add(finding)
      case .piece(.clean(let locator)):
        if Inventory.isNoteworthy(locator, products) { inventory.note(clean: locator) }
      case .end(let end): totals.add(end, header)
      }
    }
    joined.insert(header.number)
    counts.joined += 1
  }

  /// Calls `body` with each line of the joined results; returns their summary.
  package mutating func drain(_ body: (String) throws -> Void) throws -> Summary {
    try sorter.drain { try body(String(decoding: $0, as: UTF8.self)) }
    for product in inventory.products { try body(JSONLinesReport.line(of: .product(product))) }
    for file in inventory.otherFiles { try body(JSONLinesReport.line(of: .context(file))) }
    let summary = totals.summary(isComplete: counts.missing == 0)
    try body(JSONLinesReport.line(of: .summary(summary)))
    return summary
  }

  /// Numbers of units without a result, at most `count`.
  package func missing(_ count: Int) -> [Int] {
    Array((0..<counts.units).lazy.filter { !joined.contains($0) }.prefix(count))
  }
}
