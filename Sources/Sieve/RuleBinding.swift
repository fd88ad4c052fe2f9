import Yara
import YaraSyntax

/// Brings together what libyara compiled and what the texts say: rules by namespace and name, strings by
/// their order.
struct RuleBinding {
  let tables: ConditionTables
  /// What the text says of each rule, where there is a text that was understood.
  private(set) var syntax: [RuleSource?] = []

  init(_ rules: Rules, texts: [RuleText], externals: [String: ExternalValue]) {
    let described = rules.rules
    let sources = SourceIndex(texts)
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
      self.syntax.append(source)
      var numbered: [(identifier: String, index: Int32)] = []
      for (place, chain) in chains.enumerated() {
        numbered.append((chain[0].identifier, Int32(needs.count)))
        let source = source.map { StringSource(syntax: $0.rule.strings[place], text: $0.text) }
        needs.append(StringNeed(chain, source: source, literals: &literals))
      }
      if let syntax {
        var builder = ConditionBuilder(
          graph: graph, literals: literals,
          scope: .init(
            strings: numbered, rules: rulesOfNamespace[rule.namespace] ?? [:], ruleFacts: ruleFacts,
            rulesAbove: above, ownName: rule.identifier, modules: sources.modules,
            externals: externals, constants: constants))
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
    tables = ConditionTables(graph: graph, roots: roots, literals: literals, needs: needs)
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
  /// A condition of which there is no text. libyara alone can answer for it; what it prints or fails
  /// with is met when it does.
  mutating func addUnknownCondition() -> Index {
    add(Node(kind: .unknown, value: 1), facts: [.usesStrings, .isOpaque, .usesEntryPoint])
  }
}

/// A rule as it is written, and the text that it is written in.
struct RuleSource: Sendable {
  let rule: RuleSyntax
  let text: [UInt8]
  /// What messages call the text.
  let file: String?

  /// The parts of the condition that must all be true, as they are written.
  var parts: [String] { Self.parts(of: rule.condition).map(words) }

  private static func parts(of condition: Expression) -> [Expression] {
    guard case .binary(.and, let left, let right) = condition.kind else { return [condition] }
    return parts(of: left) + parts(of: right)
  }

  private func words(_ expression: Expression) -> String {
    let text = String(decoding: text[expression.range], as: UTF8.self)
    return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}

/// The rules of some texts by name, and the modules that they import.
private struct SourceIndex {
  private var rules: [Key: RuleSource] = [:]
  private(set) var modules: Set<String> = []
  private(set) var constantNames: [ModuleField] = []

  private struct Key: Hashable {
    let namespace: String
    let identifier: String
  }

  init(_ texts: [RuleText]) {
    for text in texts {
      var included = text.included[...]
      var found: [RuleSource] = []
      // A part that is not understood may reach into what follows, other files included: an open
      // comment does. Then nothing of the text is believed.
      guard collect(text.bytes, text.name, &included, &found, depth: 0) else { continue }
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

  func rule(_ namespace: String, _ identifier: String) -> RuleSource? {
    rules[Key(namespace: namespace, identifier: identifier)]
  }

  /// libyara bounds the depth of includes (compiler.h, YR_MAX_INCLUDE_DEPTH 16).
  private static let greatestDepth = 16

  private mutating func collect(
    _ text: [UInt8], _ file: String?, _ included: inout ArraySlice<RuleText.Included>,
    _ found: inout [RuleSource], depth: Int
  ) -> Bool {
    guard depth <= Self.greatestDepth else { return false }
    for item in SourceFile(parsing: text).items {
      switch item {
      case .rule(let rule): found.append(RuleSource(rule: rule, text: text, file: file))
      case .moduleImport(let module, _): modules.insert(module)
      case .include:
        guard let next = included.popFirst(),
          collect(next.bytes, next.name, &included, &found, depth: depth + 1)
        else { return false }
      case .unknown: return false
      }
    }
    return true
  }
}
