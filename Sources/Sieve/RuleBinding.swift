import Yara
import YaraSyntax

/// Connects the compiled rules with their texts: rules by namespace and name, strings by
/// their order.
struct RuleBinding {
  let tables: ConditionTables
  /// The place of each rule, if its text was parsed.
  private(set) var places: [RuleSources.Place?] = []
  /// The modules that the texts of each namespace import.
  let imports: [String: Set<String>]

  init(
    _ rules: Rules, texts: [RuleText], externals: [String: ExternalValue],
    semantics: Library.Semantics
  ) {
    let described = rules.rules
    let sources = SourceIndex(texts)
    imports = sources.imports
    var literals = LiteralTable()
    var needs: [StringNeed] = []
    var graph = ConditionGraph()
    var roots: [ConditionGraph.Index] = []
    var ruleFacts: [ConditionGraph.Facts] = []
    var above: [(name: String, index: Int32)] = []
    var rulesOfNamespace: [String: [String: Int32]] = [:]
    let strings = Self.chains(rules.compiledStrings(), ruleCount: described.count)
    let constants = ModuleKnowledge.constants(sources.constantNames)

    for (index, rule) in described.enumerated() {
      let chains = strings[index]
      let source = sources.rule(rule.namespace, rule.identifier).flatMap {
        Self.matches($0.rule, chains.map { $0[0].identifier }) ? $0 : nil
      }
      let syntax = source?.rule
      places.append(source?.place)
      var numbered: [(identifier: String, index: Int32)] = []
      for (place, chain) in chains.enumerated() {
        numbered.append((chain[0].identifier, Int32(needs.count)))
        let source = source.map { StringSource(syntax: $0.rule.strings[place], text: $0.text) }
        var need = StringNeed(chain, source: source, literals: &literals)
        need.origin = (index, place)
        needs.append(need)
      }
      if let syntax {
        var builder = ConditionBuilder(
          graph: graph, literals: literals,
          scope: .init(
            strings: numbered, rules: rulesOfNamespace[rule.namespace] ?? [:], ruleFacts: ruleFacts,
            rulesAbove: above, ownName: rule.identifier, modules: sources.modules,
            externals: externals, constants: constants, semantics: semantics))
        // The builder must own what it changes.
        (graph, literals) = (ConditionGraph(), LiteralTable())
        roots.append(builder.condition(syntax.condition))
        (graph, literals) = (builder.graph, builder.literals)
      } else {
        roots.append(graph.addUnknownCondition())
      }
      ruleFacts.append(graph.facts[Int(roots[index])])
      above.append((rule.identifier, Int32(index)))
      rulesOfNamespace[rule.namespace, default: [:]][rule.identifier] = Int32(index)
    }
    tables = ConditionTables(
      graph: graph, roots: roots, literals: literals, needs: needs, semantics: semantics)
  }

  /// The strings of each rule, a chain's parts together, heads first.
  private static func chains(_ strings: [CompiledString], ruleCount: Int) -> [[[CompiledString]]] {
    var heads: [Int: Int] = [:]
    var chains: [[[CompiledString]]] = Array(repeating: [], count: ruleCount)
    for (index, string) in strings.enumerated() {
      if let previous = string.chainedTo, let place = heads[previous] {
        chains[string.rule][place].append(string)
        heads[index] = place
      } else {
        heads[index] = chains[string.rule].count
        chains[string.rule].append([string])
      }
    }
    return chains
  }

  private static func matches(_ syntax: RuleSyntax, _ identifiers: [String]) -> Bool {
    syntax.strings.map(\.identifier) == identifiers
  }
}

extension ConditionGraph {
  /// Adds a condition without a text. Only libyara can evaluate it, with
  /// all its effects.
  mutating func addUnknownCondition() -> Index {
    add(.unknown(.empty), facts: [.usesStrings, .isOpaque, .usesEntryPoint])
  }
}

/// The syntax of a rule, its text, and its place there.
private struct PlacedRule {
  let rule: RuleSyntax
  let text: [UInt8]
  let place: RuleSources.Place
}

/// An included text, and its number.
private struct Included {
  let number: Int32
  let text: RuleText.Included
}

/// The rules of some texts by name, and the modules that they import.
private struct SourceIndex {
  private var rules: [Key: PlacedRule] = [:]
  private(set) var modules: Set<String> = []
  private(set) var imports: [String: Set<String>] = [:]
  private(set) var constantNames: [ModuleField] = []

  private struct Key: Hashable {
    let namespace: String
    let identifier: String
  }

  init(_ texts: [RuleText]) {
    for (number, text) in texts.enumerated() {
      var included = text.included.enumerated().map { Included(number: Int32($0), text: $1) }[...]
      var found: [PlacedRule] = []
      // A part that is not understood may extend into the following text and other files: an open
      // comment does. Then the whole text is ignored.
      let place = RuleSources.Place(text: Int32(number), included: -1, range: 0..<0)
      guard collect(text, text.bytes, place, &included, &found, depth: 0) else { continue }
      for rule in found {
        rules[Key(namespace: text.namespace, identifier: rule.rule.identifier)] = rule
      }
    }
    var names: Set<ModuleField> = []
    for source in rules.values {
      ConstantNames.collect(source.rule.condition, modules, into: &names)
    }
    constantNames = names.sorted { ($0.module, $0.field) < ($1.module, $1.field) }
  }

  func rule(_ namespace: String, _ identifier: String) -> PlacedRule? {
    rules[Key(namespace: namespace, identifier: identifier)]
  }

  /// libyara bounds the depth of includes (compiler.h, YR_MAX_INCLUDE_DEPTH 16).
  private static let greatestDepth = 16

  private mutating func collect(
    _ whole: RuleText, _ text: [UInt8], _ place: RuleSources.Place,
    _ included: inout ArraySlice<Included>,
    _ found: inout [PlacedRule], depth: Int
  ) -> Bool {
    guard depth <= Self.greatestDepth else { return false }
    for item in SourceFile(parsing: text).items {
      switch item {
      case .rule(let rule):
        let place = RuleSources.Place(
          text: place.text, included: place.included, range: rule.range)
        found.append(PlacedRule(rule: rule, text: text, place: place))
      case .moduleImport(let module, _):
        modules.insert(module)
        imports[whole.namespace, default: []].insert(module)
      case .include:
        guard let next = included.popFirst() else { return false }
        let place = RuleSources.Place(text: place.text, included: next.number, range: 0..<0)
        guard collect(whole, next.text.bytes, place, &included, &found, depth: depth + 1) else {
          return false
        }
      case .unknown: return false
      }
    }
    return true
  }
}
