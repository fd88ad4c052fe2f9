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

    init(_ ruleSet: RuleSet) {
      rules = arena.array(ruleSet.rules.rules.map(arena.rule))
      warnings = arena.array(ruleSet.warnings.map(arena.diagnostic))
      withoutPrefilter = arena.text(ruleSet.withoutSieve)
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
  var includesFiles = true
  var cache: CacheDirectory?

  func engine() throws -> EngineObject {
    let ruleSet = try RuleSet(
      texts, externals: externals, includes: includesFiles ? .files : .disabled, cache: cache)
    // Private rules are never reported: a scan with nothing else could find nothing.
    guard ruleSet.rules.rules.contains(where: { !$0.isPrivate }) else {
      throw Failure(
        .rulesInvalid, "there is no public rule: every rule is private, or none was added")
    }
    return EngineObject(ruleSet)
  }
}
