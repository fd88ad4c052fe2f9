import Findings
import Reports

/// Comparison of a benchmark with an earlier one.
struct BenchComparison {
  /// A figure of both.
  private struct Row {
    let name: String
    let before: Double
    let now: Double
    /// Whether more is worse; else less is.
    let moreIsWorse: Bool
    /// Whether a regression of it is a failure.
    let isGated: Bool
    let digits: Int

    /// Change for the worse as a share of what was before.
    var regression: Double {
      guard before > 0 else { return now > 0 && moreIsWorse ? .infinity : 0 }
      return moreIsWorse ? now / before - 1 : before / max(now, 1e-9) - 1
    }
  }

  private let rows: [Row]
  private let limit: Double
  private let notes: [String]

  /// Compares. Ratios to a peer are gated if both have one, else processor time. Counts, which noise does not
  /// change, are always gated.
  init(_ before: BenchResult, _ now: BenchResult, limit: Double) {
    self.limit = limit
    let hasRatio = before.peer != nil && now.peer != nil
    var rows = [Row]()
    func add(
      _ name: String, _ before: Double, _ now: Double, gated: Bool, moreIsWorse: Bool = true,
      digits: Int = 3
    ) {
      rows.append(
        Row(
          name: name, before: before, now: now, moreIsWorse: moreIsWorse, isGated: gated,
          digits: digits))
    }
    if let before = before.peer, let now = now.peer {
      add(
        "ratio to \(now.name)", before.ratio, now.ratio, gated: true, moreIsWorse: false, digits: 2)
    }
    add("bytes read", Double(before.bytesRead), Double(now.bytesRead), gated: true, digits: 0)
    add("candidates", Double(before.candidates), Double(now.candidates), gated: true, digits: 0)
    add("scan, processor s", before.processor.median, now.processor.median, gated: !hasRatio)
    add("scan, wall s", before.scan.median, now.scan.median, gated: false)
    add("compile s", before.compile, now.compile, gated: false)
    for stage in now.stages {
      guard let old = before.stages.first(where: { $0.name == stage.name }) else { continue }
      add("\(stage.name) s", old.seconds, stage.seconds, gated: false)
    }
    add("memory MB", Double(before.memory) / 1e6, Double(now.memory) / 1e6, gated: false, digits: 1)
    self.rows = rows
    var notes = [String]()
    if before.rules.map(\.sha256) != now.rules.map(\.sha256) { notes.append("the rules differ") }
    if before.items != now.items || before.bytes != now.bytes { notes.append("the files differ") }
    if before.jobs != now.jobs { notes.append("the numbers of jobs differ") }
    self.notes = notes
  }

  var hasRegression: Bool { rows.contains { $0.isGated && $0.regression > limit } }

  /// Table for people.
  var text: String {
    var table = TextTable(["FIGURE", "BASELINE", "NOW", "CHANGE", "LIMIT", "RESULT"])
    for row in rows {
      let change = row.before > 0 ? row.now / row.before - 1 : row.now > 0 ? .infinity : 0
      table.add([
        row.name, Self.number(row.before, row.digits), Self.number(row.now, row.digits),
        change.isFinite ? (change < 0 ? "" : "+") + Self.number(change * 100, 1) + " %" : "new",
        row.isGated ? Self.number(limit * 100, 1) + " %" : "",
        row.isGated ? row.regression > limit ? "WORSE" : "ok" : "",
      ])
    }
    return table.text + notes.map { "note: \($0)\n" }.joined()
  }

  /// A number with some digits behind the point.
  static func number(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "unknown" }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int64((abs(value) * scale).rounded())
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard digits > 0 else { return sign + String(scaled) }
    let rest = String(scaled % Int64(scale))
    return sign + "\(scaled / Int64(scale))."
      + String(repeating: "0", count: digits - rest.count) + rest
  }
}
