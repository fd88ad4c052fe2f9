import Trawl

/// Own rules: from texts and files, with variables.
enum OwnRules {
  static func ruleSet() throws -> RuleSet {
    let text = """
      rule internal_tool {
        meta: confidence = "strong"
        strings: $path = "internal\\\\tool.pdb"
        condition: $path and filesize < limit
      }
      """
    let rules = try RuleSet(
      [RuleSet.Text(name: "tool", bytes: Array(text.utf8))],
      externals: [("limit", .integer(1 << 30))])
    return rules
  }

  static func report(_ folder: RawPath) throws -> Summary {
    let rules = try ruleSet()
    let scan = Scan([FileSource([folder])], with: rules)
    let summary = try scan.run { record in
      if case .finding(let finding) = record {
        print(finding.locator.path, finding.attribution.rule)
      }
    }
    print(summary.isComplete ? "everything was scanned" : "not everything could be scanned")
    return summary
  }

  static func diagnostics() -> [Diagnostic] {
    do {
      _ = try RuleSet([RuleSet.Text(name: "bad", bytes: Array("rule bad { condition: x }".utf8))])
    } catch {
      for diagnostic in error.diagnostics { print(diagnostic) }
      return error.diagnostics
    }
    return []
  }
}
