package import Sieve
package import Yara

/// A random set that libyara has taken, without the rules that it refused.
package struct CompiledSet {
  package let set: RandomRuleSet
  package let rules: Rules
  package let sieve: Sieve
  /// How many rules were refused.
  package let refused: Int
  /// The rules of the set in libyara's order, by their place there.
  package let described: [Rule]

  /// Compiles; a rule with an error is left out, and then those that refer to it. Nil if nothing is left.
  package init?(_ original: RandomRuleSet) throws {
    var set = original
    for _ in 0..<30 where !set.rules.isEmpty {
      do throws(YaraError) {
        let (rules, texts) = try Self.compile(set)
        guard let sieve = Sieve(rules, texts: texts, externals: set.externals) else { return nil }
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
        // Diagnostics have no other place for the namespace than the file's.
        throw error.named("\(namespace)")
      }
    }
    let texts = compiler.texts
    return (try compiler.rules(), texts)
  }
}

extension RandomRuleSet {
  /// The rules that errors are about.
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
