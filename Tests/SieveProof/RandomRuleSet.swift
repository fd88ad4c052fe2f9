import TestSupport
package import Yara

/// A rule of a random set, on its own line.
package struct RandomRule: Sendable {
  package let name: String
  package let namespace: Int
  package let source: String
  /// Text without the name, to distinguish rules.
  package let content: String
  package let productions: [String]
}

/// Rules of all kinds in two namespaces, and items that nearly match them; determined by the
/// seed.
package struct RandomRuleSet: Sendable {
  package private(set) var rules: [RandomRule] = []
  package private(set) var items: [[UInt8]] = []
  package private(set) var externals: [String: ExternalValue] = [:]
  /// Whether its plan is written and read again before it is used, as by a second run.
  package let isStored: Bool
  /// Whether its rules may have effects.
  package private(set) var hasEffects = false

  /// Numbers of rules in a set without effects. Few rules build databases of their own for the
  /// remaining rules; with many, more are compared in the same time.
  private static let ruleCounts = [40, 80, 160]
  private static let itemCounts = (first: 8, second: 5)

  package init(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    isStored = seed % 2 == 1
    let vocabulary = Vocabulary(&random)
    let maker = RandomItem(vocabulary)
    for number in 0..<Self.itemCounts.first { items.append(maker.first(number, &random)) }
    externals = Self.externals(vocabulary, &random)
    var effects: RandomCondition.Effects = []
    if random.oneIn(4) { effects = random.oneIn(2) ? .failures : .output }
    hasEffects = !effects.isEmpty
    // One rule that fails the scan hides all the others.
    let count = effects.isEmpty ? random.pick(Self.ruleCounts) : random.number(1...6)
    let hasGlobals = random.oneIn(3)
    var examples: [[UInt8]] = []
    for namespace in 0...1 {
      // The second namespace is small, so that its global rules hide little.
      let inThis = namespace == 0 ? count - count / 5 : count / 5
      var prefix = 0
      var names: [String] = []
      for number in 0..<inThis {
        let name = "p\(prefix)_\(number)"
        let made = rule(
          name, namespace, names, prefix: "p\(prefix)_", vocabulary, effects,
          mayBeGlobal: hasGlobals && namespace == 1, &random)
        rules.append(made.rule)
        examples += made.examples
        names.append(name)
        if made.closesPrefix { prefix += 1 }
      }
    }
    for _ in 0..<Self.itemCounts.second { items.append(maker.second(examples, items, &random)) }
  }

  private func rule(
    _ name: String, _ namespace: Int, _ above: [String], prefix: String, _ vocabulary: Vocabulary,
    _ effects: RandomCondition.Effects, mayBeGlobal: Bool, _ random: inout SeededGenerator
  ) -> (rule: RandomRule, examples: [[UInt8]], closesPrefix: Bool) {
    let aim = random.pick(items)
    var strings: [RandomString] = []
    for number in 0..<random.pick([0, 1, 1, 2, 2, 3, 4]) {
      let identifier = random.oneIn(12) ? "$" : "$s\(number)"
      strings.append(RandomString(identifier, vocabulary.words, aim: aim, &random))
    }
    var condition = RandomCondition(
      strings: strings, aim: aim, words: vocabulary.words, rulesAbove: above,
      prefixes: [prefix], effects: effects, random: random)
    let text = condition.condition()
    random = condition.random
    let used = strings.filter { condition.used.contains($0.identifier) }
    var productions = condition.productions + used.flatMap(\.productions)
    var kind = ""
    if mayBeGlobal, random.oneIn(4) {
      kind = "global "
      productions.append("global rule")
    }
    if random.oneIn(15) {
      kind += "private "
      productions.append("private rule")
    }
    var (tags, meta) = ("", "")
    if random.oneIn(12) {
      tags = ": tag1 tag2 "
      meta = random.pick(["meta: a = \"} /* condition: false\" ", "meta: b = -5 c = true "])
      productions.append("tags and meta")
    }
    let comment = random.oneIn(12) ? random.pick(["/* ( */ ", "/* \" */ "]) : ""
    if !comment.isEmpty { productions.append("comment") }
    let declared = used.map { "\($0.identifier) = \($0.source)" }.joined(separator: " ")
    let content =
      "\(tags){ \(meta)\(declared.isEmpty ? "" : "strings: \(declared) ")condition: \(comment)\(text) }"
    return (
      RandomRule(
        name: name, namespace: namespace, source: "\(kind)rule \(name) \(content)",
        content: kind + content, productions: productions),
      used.flatMap(\.examples), condition.closedPrefix != nil
    )
  }

  private static func externals(
    _ vocabulary: Vocabulary, _ random: inout SeededGenerator
  ) -> [String: ExternalValue] {
    let plain = vocabulary.words.filter { $0.allSatisfy { (0x20..<0x7F).contains($0) } }
    let words = (0..<random.number(1...2)).map { _ in
      String(decoding: plain.isEmpty ? [0x61] : random.pick(plain), as: UTF8.self)
    }
    return [
      "ext_i": .integer(Int64(random.pick([-1, 0, 1, 3, 50, 100, 200]))),
      "ext_f": .float(random.pick([0.0, 1.5, -2.0, 1000.0])),
      "ext_b": .boolean(random.oneIn(2)), "ext_s": .string(words.joined()), "ext_e": .string(""),
    ]
  }

  /// The same items and variables with different rules.
  package func with(_ rules: [RandomRule]) -> RandomRuleSet {
    var copy = self
    copy.rules = rules
    return copy
  }

  /// The same with other items.
  package func with(items: [[UInt8]]) -> RandomRuleSet {
    var copy = self
    copy.items = items
    return copy
  }

  /// Text of a namespace: imports on the first line, then one rule per line. A module is loaded
  /// for every scan that imports it, which takes longer than the use by one rule.
  package func text(of namespace: Int) -> String {
    let rules = rules.filter { $0.namespace == namespace }.map(\.source).joined(separator: "\n")
    let imports = (ModuleNames.imports + ["console"])
      .filter { rules.contains("\($0).") }.map { "import \"\($0)\"" }
    return imports.joined(separator: " ") + "\n" + rules + "\n"
  }
}
