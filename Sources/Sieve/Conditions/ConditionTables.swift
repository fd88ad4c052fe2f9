import Yara

/// The conditions of a rule set, and the literals that their strings require, as an evaluator reads them.
final class ConditionTables: Sendable {
  /// The rules by which libyara evaluates.
  let semantics: Library.Semantics
  let nodes: [ConditionGraph.Node]
  let lists: [Int32]
  let texts: [[UInt8]]
  let facts: [ConditionGraph.Facts]
  /// The condition of each rule.
  let roots: [ConditionGraph.Index]
  let literals: LiteralTable
  let needs: [StringNeed]
  /// The parts of all needs, string by string.
  let parts: [Part]
  /// Start of each string's parts; one entry more than there are strings.
  let firstPart: [Int32]
  /// The literals of all parts.
  let literalsOfParts: [Int32]

  /// A part of a need: its place in ``literalsOfParts``; without literals if it cannot be searched.
  struct Part: Sendable {
    let start: Int32
    let count: Int32
  }

  convenience init(
    graph: ConditionGraph, roots: [ConditionGraph.Index], literals: LiteralTable,
    needs: [StringNeed], semantics: Library.Semantics
  ) {
    self.init(
      nodes: graph.nodes, lists: graph.lists, texts: graph.texts, facts: graph.facts,
      roots: roots, literals: literals, needs: needs, semantics: semantics)
  }

  init(
    nodes: [ConditionGraph.Node], lists: [Int32], texts: [[UInt8]], facts: [ConditionGraph.Facts],
    roots: [ConditionGraph.Index], literals: LiteralTable, needs: [StringNeed],
    semantics: Library.Semantics
  ) {
    self.semantics = semantics
    self.nodes = nodes
    self.lists = lists
    self.texts = texts
    self.facts = facts
    self.roots = roots
    self.literals = literals
    self.needs = needs
    var parts: [Part] = []
    var firstPart: [Int32] = [0]
    var numbers: [Int32] = []
    for need in needs {
      for part in need.parts {
        var found: [Int32] = []
        if case .anyOf(let some) = part { found = some }
        parts.append(Part(start: Int32(numbers.count), count: Int32(found.count)))
        numbers += found
      }
      firstPart.append(Int32(parts.count))
    }
    self.parts = parts
    self.firstPart = firstPart
    literalsOfParts = numbers
  }

  /// Creates tables with the same conditions and further literals.
  init(_ other: ConditionTables, literals: LiteralTable) {
    semantics = other.semantics
    nodes = other.nodes
    lists = other.lists
    texts = other.texts
    facts = other.facts
    roots = other.roots
    self.literals = literals
    needs = other.needs
    parts = other.parts
    firstPart = other.firstPart
    literalsOfParts = other.literalsOfParts
  }
}
