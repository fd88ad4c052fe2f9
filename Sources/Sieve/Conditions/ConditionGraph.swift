/// All conditions of a rule set as one graph: equal parts of different conditions are one node, which
/// is worked out once for an item.
struct ConditionGraph: Sendable {
  /// A node by its number.
  typealias Index = Int32

  /// What a node computes. Operands are nodes unless it says otherwise.
  enum Kind: UInt8, Sendable {
    // Truth
    /// `value`: a TruthSet.
    case truth
    case not, defined
    /// `list`: the parts.
    case all, any
    /// `value`: a Comparison; `a`, `b`: integers, or of unknown type. `c` is 1 if either may be a float.
    case compare
    /// `value`: a TextOperator; `a`, `b`: texts; `c`: the literal that true implies, or -1.
    case compareText
    /// `a`: a text.
    case matches
    /// `a`: a string.
    case present
    /// `a`: a string; `b`: the offset.
    case presentAt
    /// `a`: a string; `b`, `c`: the bounds.
    case presentIn
    /// `value`: a QuantifierKind; `a`: its number; `b`, `c`: the bounds or -1; `list`: strings.
    case ofStrings
    /// As ofStrings; `list`: rules, -1 for the rule itself, which counts as false.
    case ofRules
    /// `value`, `a`: as ofStrings; `list`: the body for each string. `c` is 1 if a body may count as
    /// anything but 0 and 1.
    case forStrings
    /// `value`, `a`: as ofStrings; `list`: iterator kind, its operands, the body. `c`: as forStrings.
    case forEach
    /// `a`: a rule.
    case rule

    // Integers
    /// `value`.
    case integer
    case fileSize
    /// Any integer, perhaps undefined. `value` 1: certainly defined.
    case unknownInteger
    /// `a`: a string.
    case count
    /// `#a in (b..c)`. `a`: a string.
    case countIn
    /// `a`: a string; `b`: its number or -1.
    case offset, length
    /// `value`: width, sign and order packed; `a`: the offset.
    case read
    /// `value`: an Operator.
    case arithmetic
    case negated, inverted
    /// `a`, `b`: the bounds of a loop's variable.
    case between
    /// Any of `list`.
    case oneOf
    /// A value of a module, undefined without its header. `a`: a Header; `b`: an implied literal or -1,
    /// without which it is 0 or undefined.
    case moduleValue
    /// `pe.is_pe`
    case isPortableExecutable

    // Texts and others
    /// `a`: the number of the text.
    case text
    case unknownText
    /// A float: `value` 1 if it is a constant that is true as a condition, 0 if false, else unknown.
    case float
    /// A value of any type.
    case unknown
    /// A call that prints, or that ends the scan with an error: an item that may reach it must be scanned.
    case effect
  }

  struct Node: Hashable, Sendable {
    var kind: Kind
    var a: Index = -1
    var b: Index = -1
    var c: Index = -1
    var value: Int64 = 0
    var listStart: Int32 = 0
    var listCount: Int32 = 0
  }

  private(set) var nodes: [Node] = []
  private(set) var lists: [Int32] = []
  private(set) var texts: [[UInt8]] = []
  private(set) var facts: [Facts] = []

  /// What is known of a node without an item.
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
    /// Holds something that is not understood.
    static let isOpaque = Facts(rawValue: 8)
  }

  private struct Key: Hashable {
    var node: Node
    var list: [Int32]
    var facts: Facts
  }
  private var known: [Key: Index] = [:]
  private var knownTexts: [[UInt8]: Int] = [:]

  /// The node of these parts: an equal one if there is one.
  mutating func add(_ node: Node, list: [Int32] = [], facts own: Facts = []) -> Index {
    let key = Key(node: node, list: list, facts: own)
    if let index = known[key] { return index }
    var node = node
    node.listStart = Int32(lists.count)
    node.listCount = Int32(list.count)
    lists += list
    var all = own
    for child in Self.children(of: node, lists) { all.formUnion(facts[Int(child)]) }
    nodes.append(node)
    facts.append(all)
    known[key] = Index(nodes.count - 1)
    return Index(nodes.count - 1)
  }

  mutating func number(of text: [UInt8]) -> Int {
    if let number = knownTexts[text] { return number }
    texts.append(text)
    knownTexts[text] = texts.count - 1
    return texts.count - 1
  }

  /// The nodes that a node works with.
  static func children(of node: Node, _ lists: [Int32]) -> [Index] {
    let list = lists[Int(node.listStart)..<Int(node.listStart + node.listCount)]
    return switch node.kind {
    case .not, .defined, .matches, .read, .negated, .inverted: [node.a]
    case .compare, .compareText, .arithmetic, .between: [node.a, node.b]
    case .all, .any, .oneOf: Array(list)
    case .presentAt: [node.b]
    case .presentIn, .countIn: [node.b, node.c]
    case .ofStrings, .ofRules: [node.a, node.b, node.c].filter { $0 >= 0 }
    case .forStrings: (node.a >= 0 ? [node.a] : []) + Array(list)
    case .forEach: (node.a >= 0 ? [node.a] : []) + list.dropFirst()
    case .offset, .length: node.b >= 0 ? [node.b] : []
    // What they are made of: their value is not followed, but what it depends on is.
    case .unknownInteger, .unknownText, .unknown, .float, .moduleValue: Array(list)
    case .truth, .present, .rule, .integer, .fileSize, .count, .isPortableExecutable, .text,
      .effect:
      []
    }
  }
}

/// How many a quantifier asks for.
enum QuantifierKind: Int64, Sendable {
  case all, any, none, count, percentage
}

/// What a loop goes through, the first of its list; the operands follow, then the body.
enum IteratorKind: Int32, Sendable {
  /// Two bounds.
  case range
  /// So many values that there is at least one.
  case values
  /// An array or dictionary of a module: its moduleValue node.
  case collection
}

/// The first bytes without which a module defines nothing.
enum Header: Int32, Sendable {
  /// Anything: the module defines values for every item.
  case none
  case portableExecutable
  /// A portable executable with certificates.
  case signedPortableExecutable
  case elf
  case machO
  /// A Mach-O file or one of several architectures.
  case machOOrUniversal
}
