/// All conditions of a rule set as one graph: equal parts of different conditions are one node, which
/// is evaluated once for an item.
struct ConditionGraph: Sendable {
  /// A node by its number.
  typealias Index = Int32

  private(set) var nodes: [Node] = []
  /// The elements of all lists, equal lists once.
  private(set) var lists: [Int32] = []
  private(set) var texts: [[UInt8]] = []
  private(set) var facts: [Facts] = []

  /// Facts about a node that hold for every item.
  struct Facts: OptionSet, Hashable, Sendable {
    let rawValue: UInt8
    /// Depends on whether, or how often, strings are anywhere in the item.
    static let usesStrings = Facts(rawValue: 1)
    /// Depends on whether strings are at certain places.
    static let usesPlaces = Facts(rawValue: 16)
    /// May reach an effect.
    static let hasEffect = Facts(rawValue: 2)
    /// Depends on `entrypoint`, which only a scan knows.
    static let usesEntryPoint = Facts(rawValue: 4)
    /// Contains a construct that the parser does not understand.
    static let isOpaque = Facts(rawValue: 8)
  }

  private struct Key: Hashable {
    var node: Node
    var facts: Facts
  }
  private var known: [Key: Index] = [:]
  private var knownLists: [[Int32]: List] = [:]
  private var knownTexts: [[UInt8]: Int32] = [:]

  /// The number of a node: that of an equal one if there is one. `own` are facts besides those of its
  /// children.
  mutating func add(_ node: Node, facts own: Facts = []) -> Index {
    let key = Key(node: node, facts: own)
    if let index = known[key] { return index }
    var all = own
    for child in Self.children(of: node, lists) { all.formUnion(facts[Int(child)]) }
    nodes.append(node)
    facts.append(all)
    known[key] = Index(nodes.count - 1)
    return Index(nodes.count - 1)
  }

  mutating func list(_ elements: [Int32]) -> List {
    guard !elements.isEmpty else { return .empty }
    if let list = knownLists[elements] { return list }
    let list = List(start: Int32(lists.count), count: Int32(elements.count))
    lists += elements
    knownLists[elements] = list
    return list
  }

  mutating func number(of text: [UInt8]) -> Int32 {
    if let number = knownTexts[text] { return number }
    texts.append(text)
    knownTexts[text] = Int32(texts.count - 1)
    return Int32(texts.count - 1)
  }
}
