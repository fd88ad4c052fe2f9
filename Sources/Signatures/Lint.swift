package import Engine
import Sieve
import Yara

/// Checks rules for the requirements of signatures: metadata that reports use, and a condition
/// that lets a scan skip most files unread.
package enum Lint {
  /// Returns the defects of these rules in their order, after the compiler's remarks. Private
  /// rules are not signatures and are not checked. Nil without a sieve, which analyses the
  /// conditions.
  package static func findings(of ruleSet: RuleSet) -> [LintFinding]? {
    guard let sieve = ruleSet.sieve else { return nil }
    var lines = LineCounter()
    let selectivities = sieve.gateSelectivities()
    let own = ruleSet.rules.rules.enumerated().flatMap { number, rule -> [LintFinding] in
      guard !rule.isPrivate else { return [] }
      let remarks = remarks(on: rule) + remarks(on: selectivities[number])
      guard !remarks.isEmpty else { return [] }
      guard let place = sieve.place(ofRule: number) else {
        return remarks.map { finding($0, rule) }
      }
      return remarks.map { ($0, $0.offset(in: place)) }.sorted { $0.1 < $1.1 }.map {
        finding($0, rule, file: place.file, line: lines.line(of: $1, in: place))
      }
    }
    return ruleSet.warnings.map { LintFinding($0) } + own
  }

  private static func finding(
    _ remark: Remark, _ rule: Rule, file: String? = nil, line: Int? = nil
  ) -> LintFinding {
    LintFinding(
      level: remark.level, file: file, line: line, rule: rule.identifier, message: remark.message)
  }

  /// Defect, and the metadata line that it concerns; nil for the rule as a whole.
  private struct Remark {
    var level = Diagnostic.Level.error
    var entry: Int?
    let message: String

    func offset(in place: RulePlace) -> Int {
      guard let entry, entry < place.metadata.count else { return place.offset }
      return place.metadata[entry]
    }
  }

  // MARK: Metadata

  private static func remarks(on rule: Rule) -> [Remark] {
    var remarks: [Remark] = []
    var entries: [SignatureKey: Int] = [:]
    for (number, entry) in rule.metadata.enumerated() {
      guard let key = SignatureKey(rawValue: entry.key) else {
        remarks.append(
          Remark(level: .warning, entry: number, message: "unknown metadata key \(entry.key)"))
        continue
      }
      guard entries[key] == nil else {
        remarks.append(
          Remark(entry: number, message: "duplicate \(key.rawValue): the first one counts"))
        continue
      }
      entries[key] = number
      if let problem = key.problem(of: entry.value) {
        remarks.append(Remark(entry: number, message: problem))
      }
    }
    let missing = SignatureKey.allCases.filter { $0.isRequired && entries[$0] == nil }
    if !missing.isEmpty {
      let keys = missing.map(\.rawValue).joined(separator: ", ")
      remarks.append(Remark(message: "missing metadata: \(keys)"))
    }
    // Without a genuine file, nobody knows which marks it shares with other files.
    if rule.text("basis") == Basis.paper.rawValue, rule.text("confidence") == "strong" {
      remarks.append(
        Remark(
          entry: entries[.confidence],
          message:
            "confidence \"strong\" on paper facts: use \"claimed\" until a genuine file was read"))
    }
    return remarks
  }

  // MARK: Condition

  private static func remarks(on selectivity: GateSelectivity) -> [Remark] {
    guard !selectivity.isSelective else { return [] }
    return [
      Remark(
        message:
          "reads files to their end: size and first page keep \(selectivity.kept) of"
          + " \(GateSelectivity.pages) unrelated files;"
          + " require bytes near the beginning (uint16(0) == 0x5A4D, $magic at 0) or filesize < 64KB"
      )
    ]
  }
}

/// Counts lines in texts. Positions must be requested in ascending order, so that each text is
/// read only once.
private struct LineCounter {
  private var file: String?
  private var offset = 0
  private var line = 1

  /// Line of a byte, from 1.
  mutating func line(of wanted: Int, in place: RulePlace) -> Int {
    if place.file != file || wanted < offset { (file, offset, line) = (place.file, 0, 1) }
    line += place.text[offset..<wanted].count { $0 == UInt8(ascii: "\n") }
    offset = wanted
    return line
  }
}
