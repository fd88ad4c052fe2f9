import Yara

/// Evaluates conditions in sets of possible values, given the known facts about one item after another. One
/// thread at a time.
struct Evaluator {
  let tables: ConditionTables
  /// Knowledge about the item.
  var view = ItemView.unknown
  /// Hits of the pass, for ``ItemView/Knowledge/searched``.
  var hits: HitSet
  /// Literals that the pass searched.
  var searched: BitSet
  /// Strings that were searched as a whole, and those of them that may occur.
  var wholeStrings: WholeStrings
  /// Whether an effect was reached, so that libyara must scan the item.
  var hasReachedEffect = false

  /// The answers of rules for the current item, with the number of the item.
  private var ruleMemo: [UInt32]
  private var round: UInt32 = 0

  init(_ tables: ConditionTables) {
    self.tables = tables
    hits = HitSet(count: tables.literals.literals.count)
    searched = BitSet(count: tables.literals.literals.count)
    wholeStrings = WholeStrings(count: tables.needs.count)
    ruleMemo = Array(repeating: 0, count: tables.roots.count)
  }

  /// Discards earlier results, for another item or when more is known about this one.
  mutating func begin() {
    round &+= 1
    if round >= 1 << 28 {
      round = 1
      for index in ruleMemo.indices { ruleMemo[index] = 0 }
    }
    hasReachedEffect = false
  }

  /// The answer of a rule.
  mutating func rule(_ index: Int32) -> TruthSet {
    let memo = ruleMemo[Int(index)]
    if memo >> 4 == round { return TruthSet(rawValue: UInt8(memo & 7)) }
    var result = truth(tables.roots[Int(index)])
    // A rule with an undefined condition does not match; rules that refer to it see false (OP_PUSH_RULE).
    if result.contains(.undefined) { result = result.subtracting(.undefined).union(.no) }
    ruleMemo[Int(index)] = round << 4 | UInt32(result.rawValue)
    return result
  }

  // MARK: Truth

  /// A node as a condition.
  mutating func truth(_ index: ConditionGraph.Index) -> TruthSet {
    switch tables.nodes[Int(index)] {
    case .truth(let value): return value
    case .not(let operand): return truth(operand).negated
    case .defined(let operand): return definedness(operand)
    case .all(let parts): return all(parts)
    case .any(let parts): return any(parts)
    case .compare(let comparison, let a, let b, let mayBeFloat):
      return compare(comparison, a, b, mayBeFloat: mayBeFloat)
    case .compareText(let operation, let a, let b, let implied):
      return compareText(operation, a, b, implies: implied)
    case .matches(let operand): return matches(operand)
    case .present(let string): return present(string)
    case .presentAt(let string, let offset):
      let place = integer(offset)
      return present(string, at: place)
    case .presentIn(let string, let bounds):
      let (low, high) = (integer(bounds.low), integer(bounds.high))
      return present(string, from: low, to: high)
    case .ofStrings(let quantifier, let strings, let bounds):
      return ofStrings(quantifier, strings, within: bounds)
    case .ofStringsAt(let quantifier, let strings, let offset):
      return ofStrings(quantifier, strings, at: integer(offset))
    case .ofRules(let quantifier, let rules): return ofRules(quantifier, rules)
    case .forStrings(let quantifier, let bodies, let kind):
      return forStrings(quantifier, bodies, kind)
    case .forEach(let quantifier, let iterator, let body, let kind):
      return forEach(quantifier, iterator, body, kind)
    case .rule(let rule): return self.rule(rule)
    case .text(let number): return TruthSet(!tables.texts[Int(number)].isEmpty)
    case .float(let value, _): return value
    case .unknownText, .unknown: return .anything
    case .effect:
      hasReachedEffect = true
      return .anything
    case .integer, .fileSize, .unknownInteger, .count, .countIn, .offset, .length, .read,
      .arithmetic, .negated, .inverted, .between, .oneOf, .moduleValue, .isPortableExecutable:
      return integer(index).truth
    }
  }

  private mutating func definedness(_ index: ConditionGraph.Index) -> TruthSet {
    switch tables.nodes[Int(index)] {
    case .text: return .yes
    case .unknownText: return .either
    case .float(let value, _): return value == .anything ? .either : .yes
    // This is not the set of a truth: a false integer is defined, too.
    case .integer, .fileSize, .unknownInteger, .count, .countIn, .offset, .length, .read,
      .arithmetic, .negated, .inverted, .between, .oneOf, .moduleValue, .isPortableExecutable:
      let value = integer(index)
      var result: TruthSet = value.mayBeUndefined ? .no : []
      if value.range != nil { result.insert(.yes) }
      return result
    case .truth, .not, .defined, .all, .any, .compare, .compareText, .matches, .present,
      .presentAt, .presentIn, .ofStrings, .ofStringsAt, .ofRules, .forStrings, .forEach, .rule,
      .unknown, .effect:
      return truth(index).definedness
    }
  }

  /// `and`: from left to right, and only as far as libyara certainly evaluates, so that it meets the same
  /// effects.
  private mutating func all(_ parts: ConditionGraph.List) -> TruthSet {
    var mayBeYes = true
    var isYes = true
    for place in parts.range {
      let part = truth(tables.lists[place])
      if part == .no { return .no }
      if !part.mayBeYes { mayBeYes = false }
      if part != .yes { isYes = false }
    }
    return isYes ? .yes : mayBeYes ? .either : .no
  }

  private mutating func any(_ parts: ConditionGraph.List) -> TruthSet {
    var mayBeYes = false
    for place in parts.range {
      let part = truth(tables.lists[place])
      if part == .yes { return .yes }
      if part.mayBeYes { mayBeYes = true }
    }
    return mayBeYes ? .either : .no
  }

  private mutating func compare(
    _ comparison: IntegerSet.Comparison, _ left: ConditionGraph.Index,
    _ right: ConditionGraph.Index, mayBeFloat: Bool
  ) -> TruthSet {
    let (a, b) = (integer(left), integer(right))
    guard mayBeFloat else { return a.compared(comparison, to: b) }
    // Floats, or operands of unknown type: only undefined ones are certain, and `<` of floats is then false.
    var result: TruthSet = []
    if a.mayBeUndefined || b.mayBeUndefined {
      result.insert(comparison == .less ? [.no, .undefined] : .undefined)
    }
    if a.range != nil, b.range != nil {
      let isFloat = isFloat(left) || isFloat(right)
      result.formUnion(isFloat ? .either : a.compared(comparison, to: b).intersection(.either))
    }
    return result
  }

  private func isFloat(_ index: ConditionGraph.Index) -> Bool {
    switch tables.nodes[Int(index)] {
    case .float, .unknown, .effect: true
    // A value of a module may have any type; its integers have the full range.
    default: false
    }
  }

  // MARK: Texts

  private mutating func text(_ index: ConditionGraph.Index) -> TextSet {
    switch tables.nodes[Int(index)] {
    case .text(let number): return .known(Int(number))
    case .moduleValue(let header, _, _):
      return view.header(header) == .no ? .undefined : .unknown(mayBeUndefined: true)
    case .effect:
      hasReachedEffect = true
      return .unknown(mayBeUndefined: true)
    default: return .unknown(mayBeUndefined: true)
    }
  }

  private mutating func compareText(
    _ operation: TextOperator, _ left: ConditionGraph.Index, _ right: ConditionGraph.Index,
    implies literal: Int32?
  ) -> TruthSet {
    let (a, b) = (text(left), text(right))
    if a == .undefined || b == .undefined { return .undefined }
    if case .known(let first) = a, case .known(let second) = b {
      return TruthSet(operation.holds(tables.texts[first], tables.texts[second]))
    }
    let undefined: TruthSet = a.mayBeUndefined || b.mayBeUndefined ? .undefined : []
    if let literal, isAbsent(literal: literal) { return undefined.union(.no) }
    return undefined.union(.either)
  }

  private mutating func matches(_ operand: ConditionGraph.Index) -> TruthSet {
    switch text(operand) {
    case .undefined: .undefined
    // In 4.2.3 an empty text matches nothing, not even an empty expression.
    case .known(let number):
      tables.semantics == .v42 && tables.texts[number].isEmpty ? .no : .either
    case .unknown: .anything
    }
  }
}
