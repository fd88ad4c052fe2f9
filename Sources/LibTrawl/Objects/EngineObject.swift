import Bytes
import CTrawl
import Engine
import Locks
import Yara

/// An engine: compiled rules, shared by all threads.
final class EngineObject: Sendable {
  let ruleSet: RuleSet

  /// Description of the rules; made when it is first asked for, and constant after that.
  struct Description: @unchecked Sendable {
    let arena = Arena()
    let rules: UnsafePointer<trawl_rule>?
    let warnings: UnsafePointer<trawl_diagnostic>?
    let withoutPrefilter: trawl_text
    private let places: [RuleName: Int]

    /// Name of a rule, of which there is one.
    private struct RuleName: Hashable {
      let namespace: String
      let identifier: String
    }

    init(_ ruleSet: RuleSet) {
      let all = ruleSet.rules.rules
      rules = arena.array(all.map(arena.rule))
      places = Dictionary(
        zip(all.map { RuleName(namespace: $0.namespace, identifier: $0.identifier) }, all.indices),
        uniquingKeysWith: { first, _ in first })
      warnings = arena.array(ruleSet.warnings.map(arena.diagnostic))
      withoutPrefilter = arena.text(ruleSet.withoutSieve)
    }

    /// The structure of a rule, which may come from a subset of these rules.
    func rule(_ identifier: String, in namespace: String) -> UnsafePointer<trawl_rule>? {
      places[RuleName(namespace: namespace, identifier: identifier)].flatMap { place in
        rules.map { $0 + place }
      }
    }
  }
  private let made = Locked<Description?>(nil)

  init(_ ruleSet: RuleSet) { self.ruleSet = ruleSet }

  var description: Description {
    made.withLock { made in
      if let known = made { return known }
      let description = Description(ruleSet)
      made = description
      return description
    }
  }
}

/// Rules that are collected for an engine.
final class CompilerObject {
  var texts: [RuleSet.Text] = []
  var externals: [(name: String, value: ExternalValue)] = []
  var includes = Compiler.Includes.files
  var warnsOfEscapes = false
  var allowsNothing = false
  var cache: CacheDirectory?

  func engine() throws -> EngineObject {
    let ruleSet = try RuleSet(
      texts, externals: externals, includes: includes, warnsOfEscapes: warnsOfEscapes, cache: cache)
    // Private rules are never reported: a scan with nothing else could find nothing.
    guard allowsNothing || ruleSet.rules.rules.contains(where: { !$0.isPrivate }) else {
      throw Failure(
        .rulesInvalid, "there is no public rule: every rule is private, or none was added")
    }
    return EngineObject(ruleSet)
  }
}
