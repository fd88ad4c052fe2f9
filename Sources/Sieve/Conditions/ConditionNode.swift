import YaraSyntax

extension ConditionGraph {
  /// A part of a condition. Operands are nodes by their numbers; strings, rules, literals and texts have
  /// numbers of their own. Every payload is plain data: a node is copied without reference counting.
  enum Node: Hashable, Sendable {
    // Truth
    /// A value that is the same for every item.
    case truth(TruthSet)
    case not(Index)
    case defined(Index)
    /// `and` of at least two parts, in order.
    case all(List)
    /// `or` of at least two parts, in order.
    case any(List)
    /// Integers, or operands of unknown type, which may be floats.
    case compare(IntegerSet.Comparison, Index, Index, mayBeFloat: Bool)
    /// Texts. If true, the literal `implies` is in the item.
    case compareText(TextOperator, Index, Index, implies: Int32?)
    /// A text that is matched with a regular expression.
    case matches(Index)
    case present(string: Int32)
    case presentAt(string: Int32, offset: Index)
    case presentIn(string: Int32, Bounds)
    /// Strings by their numbers, repeated where the set repeats them.
    case ofStrings(Quantifier, List, within: Bounds?)
    /// Strings by their numbers, at one offset.
    case ofStringsAt(Quantifier, List, offset: Index)
    /// Rules by their numbers; -1 is the rule itself, which counts as false.
    case ofRules(Quantifier, List)
    /// `bodies` has the body for each string.
    case forStrings(Quantifier, bodies: List, Bodies)
    case forEach(Quantifier, Iterator, body: Index, Bodies)
    case rule(Int32)

    // Integers
    case integer(Int64)
    case fileSize
    /// An integer that only libyara knows, computed from these parts.
    case unknownInteger(List)
    /// `#a`
    case count(string: Int32)
    /// `#a in (low..high)`
    case countIn(string: Int32, Bounds)
    /// `@a[number]`; the first without a number.
    case offset(string: Int32, number: Index?)
    /// `!a[number]`
    case length(string: Int32, number: Index?)
    /// An integer of the item.
    case read(Read, at: Index)
    case arithmetic(IntegerSet.Operator, Index, Index)
    case negated(Index)
    case inverted(Index)
    /// The variable of a loop over a range.
    case between(Bounds)
    /// The variable of a loop over values.
    case oneOf(List)
    /// A field or a call of a module, undefined in an item without the header; without the literal
    /// `implies` it is 0 or undefined. `parts` are its indices and arguments.
    case moduleValue(Header, implies: Int32?, parts: List)
    /// `pe.is_pe`, which is 0 where there is no header.
    case isPortableExecutable

    // Texts and others
    /// A constant by its number among the texts.
    case text(Int32)
    case unknownText(List)
    /// A float; as a condition it has this truth.
    case float(TruthSet, List)
    /// A value of any type.
    case unknown(List)
    /// A call that prints, or that ends the scan with an error: an item that may reach it must be
    /// scanned.
    case effect
  }

  /// A run of numbers in ``ConditionGraph/lists``.
  struct List: Hashable, Sendable {
    let start: Int32
    let count: Int32

    static let empty = List(start: 0, count: 0)
    var range: Range<Int> { Int(start)..<Int(start) + Int(count) }
  }

  /// `(low..high)`, both included.
  struct Bounds: Hashable, Sendable {
    let low: Index
    let high: Index
  }

  /// Number that a quantifier requires; numbers are nodes.
  enum Quantifier: Hashable, Sendable {
    case all, any, none
    case count(Index)
    case percentage(Index)

    /// The node of the number.
    var number: Index? {
      switch self {
      case .all, .any, .none: nil
      case .count(let number), .percentage(let number): number
      }
    }
  }

  /// Range or set that a loop iterates over.
  enum Iterator: Hashable, Sendable {
    case range(Bounds)
    /// Values, at least one.
    case values(List)
    /// An array or dictionary of a module, undefined without its header.
    case collection(Index, Header)
  }

  /// Amounts that the bodies of a loop add to its sum (`OP_ADD_M`).
  enum Bodies: Hashable, Sendable {
    /// 0 or 1 each.
    case truths
    /// Any integer: `for all i in (1, 0, 2) : (i)` is true.
    case integers
  }

  /// A function that reads an integer at an offset, packed for the graph.
  struct Read: Hashable, Sendable {
    /// 1, 2 or 4 bytes.
    let width: UInt8
    let isSigned: Bool
    let isBigEndian: Bool

    init(width: UInt8, isSigned: Bool, isBigEndian: Bool) {
      self.width = width
      self.isSigned = isSigned
      self.isBigEndian = isBigEndian
    }

    init(_ read: IntegerRead) {
      self.init(
        width: UInt8(read.width), isSigned: read.isSigned, isBigEndian: read.isBigEndian)
    }
  }

  /// The operands of a node, in the order of evaluation.
  static func children(of node: Node, _ lists: [Int32]) -> [Index] {
    switch node {
    case .not(let a), .defined(let a), .matches(let a), .read(_, at: let a), .negated(let a),
      .inverted(let a):
      [a]
    case .compare(_, let a, let b, _), .compareText(_, let a, let b, _),
      .arithmetic(_, let a, let b):
      [a, b]
    case .all(let parts), .any(let parts), .oneOf(let parts): Array(lists[parts.range])
    case .presentAt(_, let offset): [offset]
    case .presentIn(_, let bounds), .countIn(_, let bounds), .between(let bounds):
      [bounds.low, bounds.high]
    case .ofStrings(let quantifier, _, let bounds):
      number(quantifier) + (bounds.map { [$0.low, $0.high] } ?? [])
    case .ofStringsAt(let quantifier, _, let offset): number(quantifier) + [offset]
    case .ofRules(let quantifier, _): number(quantifier)
    case .forStrings(let quantifier, let bodies, _): number(quantifier) + lists[bodies.range]
    case .forEach(let quantifier, let iterator, let body, _):
      number(quantifier) + operands(iterator, lists) + [body]
    case .offset(_, let number), .length(_, let number): number.map { [$0] } ?? []
    // Their values are unknown, but their dependencies count.
    case .unknownInteger(let parts), .unknownText(let parts), .unknown(let parts),
      .float(_, let parts), .moduleValue(_, _, let parts):
      Array(lists[parts.range])
    case .truth, .present, .rule, .integer, .fileSize, .count, .isPortableExecutable, .text,
      .effect:
      []
    }
  }

  private static func number(_ quantifier: Quantifier) -> [Index] {
    quantifier.number.map { [$0] } ?? []
  }

  private static func operands(_ iterator: Iterator, _ lists: [Int32]) -> [Index] {
    switch iterator {
    case .range(let bounds): [bounds.low, bounds.high]
    case .values(let values): Array(lists[values.range])
    case .collection(let collection, _): [collection]
    }
  }
}
