package import Sieve
package import Yara

/// A random set compiled by libyara, without the rules that it refused.
package struct CompiledSet {
  package let set: RandomRuleSet
  package let rules: Rules
  package let sieve: Sieve
  /// Number of refused rules.
  package let refused: Int
  /// Rules of the set, by their position in libyara's order.
  package let described: [Rule]

  /// Compiles the set. A rule with an error is removed, then those that refer to it; nil if none
  /// is left.
  package init?(_ original: RandomRuleSet) throws {
    var set = original
    for _ in 0..<30 where !set.rules.isEmpty {
      do throws(YaraError) {
        let (rules, texts) = try Self.compile(set)
        let made =
          set.isStored
          ? Sieve(storedFrom: rules, texts: texts, externals: set.externals)
          : Sieve(rules, texts: texts, externals: set.externals)
        guard let sieve = made else { return nil }
        self.set = set
        self.rules = rules
        self.sieve = sieve
        refused = original.rules.count - set.rules.count
        described = rules.rules
        return
      } catch {
        let names = set.refused(error.diagnostics)
        guard !names.isEmpty else { throw error }
        set = set.with(set.rules.filter { !names.contains("\($0.namespace) \($0.name)") })
      }
    }
    return nil
  }

  private static func compile(_ set: RandomRuleSet) throws(YaraError) -> (Rules, [RuleText]) {
    var compiler = try Compiler(includes: .disabled)
    for (name, value) in set.externals { try compiler.define(name, as: value) }
    for namespace in 0...1 {
      do throws(YaraError) {
        try compiler.add(text: set.text(of: namespace), namespace: "n\(namespace)")
      } catch {
        // In diagnostics, only the file name can carry the namespace.
        throw error.named("\(namespace)")
      }
    }
    let texts = compiler.texts
    return (try compiler.rules(), texts)
  }
}

extension RandomRuleSet {
  /// Names of the rules with errors.
  fileprivate func refused(_ diagnostics: [Diagnostic]) -> Set<String> {
    var names: Set<String> = []
    for diagnostic in diagnostics {
      let namespace = Int(diagnostic.file ?? "") ?? 0
      let inThis = rules.filter { $0.namespace == namespace }
      // The imports are on the first line.
      let place = diagnostic.line - 2
      if inThis.indices.contains(place) { names.insert("\(namespace) \(inThis[place].name)") }
    }
    return names
  }
}
