import Glibc

/// Works conditions out over what is known of one item after the other, in sets of possible values. One
/// thread at a time.
struct Evaluator {
  private let tables: ConditionTables
  /// What is known of the item.
  var view = ItemView.unknown
  /// What the pass has seen, for ``ItemView/Knowledge/searched``.
  var hits: HitSet
  /// Which literals the pass looked for.
  var searched: BitSet
  /// Whether something was reached that only libyara can answer for.
  private(set) var hasReachedEffect = false

  /// The answers of rules and shared nodes for the current item, with the number of the item.
  private var ruleMemo: [UInt32]
  private var round: UInt32 = 0

  init(_ tables: ConditionTables) {
    self.tables = tables
    hits = HitSet(count: tables.literals.literals.count)
    searched = BitSet(count: tables.literals.literals.count)
    ruleMemo = Array(repeating: 0, count: tables.roots.count)
  }

  /// Forgets what was worked out: for another item, or when more is known of this one.
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
    // A rule with an undefined condition does not match, and to others that is false (OP_PUSH_RULE).
    if result.contains(.undefined) { result = result.subtracting(.undefined).union(.no) }
    ruleMemo[Int(index)] = round << 4 | UInt32(result.rawValue)
    return result
  }

  private func list(_ node: ConditionGraph.Node) -> Range<Int> {
    Int(node.listStart)..<Int(node.listStart + node.listCount)
  }

  // MARK: Truth

  /// A node as a condition.
  mutating func truth(_ index: ConditionGraph.Index) -> TruthSet {
    let node = tables.nodes[Int(index)]
    switch node.kind {
    case .truth: return TruthSet(rawValue: UInt8(node.value))
    case .not: return truth(node.a).negated
    case .defined: return definedness(node.a)
    case .all: return all(node)
    case .any: return any(node)
    case .compare: return compare(node)
    case .compareText: return compareText(node)
    case .matches: return matches(node)
    case .present: return present(node.a)
    case .presentAt: return present(node.a, at: integer(node.b))
    case .presentIn: return present(node.a, from: integer(node.b), to: integer(node.c))
    case .ofStrings: return ofStrings(node)
    case .ofRules: return ofRules(node)
    case .forStrings: return forStrings(node)
    case .forEach: return forEach(node)
    case .rule: return rule(node.a)
    case .text: return TruthSet(!tables.texts[Int(node.a)].isEmpty)
    case .float: return node.value < 2 ? TruthSet(node.value == 1) : .anything
    case .unknownText, .unknown: return .anything
    case .effect:
      hasReachedEffect = true
      return .anything
    case .integer, .fileSize, .unknownInteger, .count, .countIn, .offset, .length, .read,
      .arithmetic,
      .negated,
      .inverted, .between, .oneOf, .moduleValue, .isPortableExecutable:
      return integer(index).truth
    }
  }

  private mutating func definedness(_ index: ConditionGraph.Index) -> TruthSet {
    let node = tables.nodes[Int(index)]
    switch node.kind {
    case .text, .unknownText:
      return node.kind == .text ? .yes : .either
    case .float: return node.value < 2 ? .yes : .either
    default:
      // Not of a truth: an integer is defined whatever its truth is.
      return isInteger(node.kind)
        ? definedness(of: integer(index)) : truth(index).definedness
    }
  }

  private func definedness(of set: IntegerSet) -> TruthSet {
    var result: TruthSet = set.mayBeUndefined ? .no : []
    if set.range != nil { result.insert(.yes) }
    return result
  }

  private func isInteger(_ kind: ConditionGraph.Kind) -> Bool {
    switch kind {
    case .integer, .fileSize, .unknownInteger, .count, .countIn, .offset, .length, .read,
      .arithmetic,
      .negated,
      .inverted, .between, .oneOf, .moduleValue, .isPortableExecutable:
      true
    default: false
    }
  }

  /// `and`: left to right, and no further than libyara goes for certain, so that effects are met where
  /// it meets them.
  private mutating func all(_ node: ConditionGraph.Node) -> TruthSet {
    var mayBeYes = true
    var isYes = true
    for place in list(node) {
      let part = truth(tables.lists[place])
      if part == .no { return .no }
      if !part.mayBeYes { mayBeYes = false }
      if part != .yes { isYes = false }
    }
    return isYes ? .yes : mayBeYes ? .either : .no
  }

  private mutating func any(_ node: ConditionGraph.Node) -> TruthSet {
    var mayBeYes = false
    for place in list(node) {
      let part = truth(tables.lists[place])
      if part == .yes { return .yes }
      if part.mayBeYes { mayBeYes = true }
    }
    return mayBeYes ? .either : .no
  }

  private mutating func compare(_ node: ConditionGraph.Node) -> TruthSet {
    let (a, b) = (integer(node.a), integer(node.b))
    let comparison = IntegerSet.Comparison(rawValue: node.value)!
    guard node.c == 1 else { return a.compared(comparison, to: b) }
    // Floats, or of unknown type: only what is undefined is sure, and `<` of floats is false then.
    var result: TruthSet = []
    if a.mayBeUndefined || b.mayBeUndefined {
      result.insert(comparison == .less ? [.no, .undefined] : .undefined)
    }
    if a.range != nil, b.range != nil {
      let isFloat = isFloat(node.a) || isFloat(node.b)
      result.formUnion(isFloat ? .either : a.compared(comparison, to: b).intersection(.either))
    }
    return result
  }

  private func isFloat(_ index: ConditionGraph.Index) -> Bool {
    switch tables.nodes[Int(index)].kind {
    case .float, .unknown, .effect: true
    // A value of a module is of any type; its integers have no range but all.
    default: false
    }
  }

  // MARK: Texts

  private mutating func text(_ index: ConditionGraph.Index) -> TextSet {
    let node = tables.nodes[Int(index)]
    switch node.kind {
    case .text: return .known(Int(node.a))
    case .moduleValue:
      return view.header(Header(rawValue: node.a)!) == .no
        ? .undefined : .unknown(mayBeUndefined: true)
    case .effect:
      hasReachedEffect = true
      return .unknown(mayBeUndefined: true)
    default: return .unknown(mayBeUndefined: true)
    }
  }

  private mutating func compareText(_ node: ConditionGraph.Node) -> TruthSet {
    let (a, b) = (text(node.a), text(node.b))
    if a == .undefined || b == .undefined { return .undefined }
    if case .known(let first) = a, case .known(let second) = b {
      let operation = TextOperator(rawValue: node.value)!
      return TruthSet(operation.holds(tables.texts[first], tables.texts[second]))
    }
    let undefined: TruthSet = a.mayBeUndefined || b.mayBeUndefined ? .undefined : []
    return node.c >= 0 && isAbsent(literal: node.c)
      ? undefined.union(.no) : undefined.union(.either)
  }

  private mutating func matches(_ node: ConditionGraph.Node) -> TruthSet {
    switch text(node.a) {
    case .undefined: .undefined
    // An empty text matches nothing, not even an empty expression.
    case .known(let number): tables.texts[number].isEmpty ? .no : .either
    case .unknown: .anything
    }
  }

  // MARK: Integers

  /// A node as an integer.
  mutating func integer(_ index: ConditionGraph.Index) -> IntegerSet {
    let node = tables.nodes[Int(index)]
    switch node.kind {
    case .integer: return IntegerSet(node.value)
    case .fileSize: return view.size
    case .unknownInteger: return .anything
    case .count: return count(node.a)
    case .countIn:
      _ = (integer(node.b), integer(node.c))
      return isAbsent(string: node.a) ? IntegerSet(0).with(undefined: true) : .anything
    case .offset:
      let found = count(node.a)
      guard found.range != 0...0 else { return .undefined }
      if node.b >= 0 { _ = integer(node.b) }
      return IntegerSet(0 ... .max).with(undefined: true)
    case .length:
      let found = count(node.a)
      guard found.range != 0...0 else { return .undefined }
      if node.b >= 0 { _ = integer(node.b) }
      return IntegerSet(0 ... .max).with(undefined: true)
    case .read: return read(node)
    case .arithmetic:
      return integer(node.a).combined(.init(rawValue: node.value)!, with: integer(node.b))
    case .negated: return integer(node.a).negated
    case .inverted: return integer(node.a).inverted
    case .between: return between(node)
    case .oneOf:
      var all: IntegerSet?
      for place in list(node) {
        let one = integer(tables.lists[place])
        all = all?.union(one) ?? one
      }
      return all ?? .anything
    case .moduleValue:
      if view.header(Header(rawValue: node.a)!) == .no { return .undefined }
      if node.b >= 0, isAbsent(literal: node.b) { return IntegerSet(0).with(undefined: true) }
      return .anything
    case .isPortableExecutable:
      return view.header(.portableExecutable) == .no ? IntegerSet(0) : IntegerSet(0...1)
    case .effect:
      hasReachedEffect = true
      return .anything
    case .truth, .not, .defined, .all, .any, .compare, .compareText, .matches, .present, .presentAt,
      .presentIn, .ofStrings, .ofRules, .forStrings, .forEach, .rule:
      // Its value may be anything that has this truth; what it does is met.
      _ = truth(index)
      return .anything
    case .text, .unknownText, .float, .unknown: return .anything
    }
  }

  private mutating func between(_ node: ConditionGraph.Node) -> IntegerSet {
    guard let low = integer(node.a).range, let high = integer(node.b).range,
      low.lowerBound <= high.upperBound
    else { return .anything }
    return IntegerSet(low.lowerBound...high.upperBound)
  }

  private mutating func read(_ node: ConditionGraph.Node) -> IntegerSet {
    let width = Int(node.value & 15)
    let (isSigned, isBigEndian) = (node.value & 16 != 0, node.value & 32 != 0)
    let offset = integer(node.a)
    guard let offsets = offset.range, offsets.upperBound >= 0, let sizes = view.size.range else {
      return .undefined
    }
    let last = sizes.upperBound - Int64(width)
    guard offsets.lowerBound <= last else { return .undefined }
    if offsets.lowerBound == offsets.upperBound,
      let bits = view.unsigned(width, at: Int(offsets.lowerBound))
    {
      let value = Self.value(bits, width, isSigned, isBigEndian)
      return IntegerSet(value).with(undefined: offset.mayBeUndefined)
    }
    let bits = UInt64(8 * width)
    let all: ClosedRange<Int64> =
      isSigned ? -(1 << Int64(bits - 1))...(1 << Int64(bits - 1)) - 1 : 0...(1 << Int64(bits)) - 1
    let mayBeOutside =
      offsets.lowerBound < 0 || offsets.upperBound > sizes.lowerBound - Int64(width)
    return IntegerSet(range: all, mayBeUndefined: offset.mayBeUndefined || mayBeOutside)
  }

  private static func value(_ bits: UInt64, _ width: Int, _ isSigned: Bool, _ isBigEndian: Bool)
    -> Int64
  {
    switch (width, isSigned) {
    case (1, false): Int64(bits)
    case (1, true): Int64(Int8(truncatingIfNeeded: bits))
    case (2, false):
      Int64(
        isBigEndian
          ? UInt16(truncatingIfNeeded: bits).byteSwapped : UInt16(truncatingIfNeeded: bits))
    case (2, true):
      Int64(
        Int16(
          bitPattern: isBigEndian
            ? UInt16(truncatingIfNeeded: bits).byteSwapped : UInt16(truncatingIfNeeded: bits)))
    case (_, false):
      Int64(
        isBigEndian
          ? UInt32(truncatingIfNeeded: bits).byteSwapped : UInt32(truncatingIfNeeded: bits))
    case (_, true):
      Int64(
        Int32(
          bitPattern: isBigEndian
            ? UInt32(truncatingIfNeeded: bits).byteSwapped : UInt32(truncatingIfNeeded: bits)))
    }
  }

  // MARK: Strings

  /// Whether it is certain that a literal is not in the item.
  private func isAbsent(literal: Int32) -> Bool {
    switch view.knowledge {
    case .none: false
    case .absent: true
    case .searched: searched.contains(Int(literal)) && !hits.contains(literal)
    }
  }

  /// Whether it is certain that a string is not in the item.
  func isAbsent(string: Int32) -> Bool {
    for part in Int(tables.firstPart[Int(string)])..<Int(tables.firstPart[Int(string) + 1])
    where isAbsent(tables.parts[part]) { return true }
    return false
  }

  private func isAbsent(_ part: ConditionTables.Part) -> Bool {
    guard part.count > 0 else { return false }
    for place in Int(part.start)..<Int(part.start + part.count)
    where !isAbsent(literal: tables.literalsOfParts[place]) { return false }
    return true
  }

  /// Whether it is certain that a string is in the item.
  private func isPresent(string: Int32) -> Bool {
    guard view.knowledge == .searched, tables.needs[Int(string)].isExact else { return false }
    let part = tables.parts[Int(tables.firstPart[Int(string)])]
    for place in Int(part.start)..<Int(part.start + part.count)
    where hits.contains(tables.literalsOfParts[place]) { return true }
    return false
  }

  private func present(_ string: Int32) -> TruthSet {
    isAbsent(string: string) ? .no : isPresent(string: string) ? .yes : .either
  }

  /// libyara stops counting at a million, and says so (limits.h, YR_MAX_STRING_MATCHES). What a condition
  /// would make of more is not for the sieve to say.
  private static let mostMatches: Int64 = 1_000_000

  private func count(_ string: Int32) -> IntegerSet {
    if isAbsent(string: string) { return IntegerSet(0) }
    return IntegerSet((isPresent(string: string) ? 1 : 0) ... .max)
  }

  private func present(_ string: Int32, at offset: IntegerSet) -> TruthSet {
    guard let range = offset.range, !isAbsent(string: string) else { return .no }
    guard range.lowerBound == range.upperBound else { return .either }
    let isThere = isThere(string, at: range.lowerBound)
    return isThere == .yes && offset.mayBeUndefined ? .either : isThere
  }

  /// Whether a string lies at an offset, as far as the first bytes tell.
  private func isThere(_ string: Int32, at offset: Int64) -> TruthSet {
    guard offset >= 0, view.size.range.map({ offset < $0.upperBound }) ?? true else { return .no }
    let need = tables.needs[Int(string)]
    guard !need.forms.isEmpty else {
      for (index, byte) in need.beginning.enumerated() {
        guard let there = view.unsigned(1, at: Int(clamping: offset) &+ index) else { break }
        if UInt8(there) & byte.mask != byte.value { return .no }
      }
      return .either
    }
    var result: TruthSet = .no
    for form in need.forms {
      let one = isThere(form, at: Int(clamping: offset))
      if one == .yes, !need.dependsOnNeighbours, offset < Self.mostMatches { return .yes }
      if one.mayBeYes { result = .either }
    }
    return result
  }

  private func isThere(_ form: LiteralTable.Literal, at offset: Int) -> TruthSet {
    if let range = view.size.range, Int64(form.bytes.count) > range.upperBound - Int64(offset) {
      return .no
    }
    var isKnown = true
    for (index, byte) in form.bytes.enumerated() {
      guard let there = view.unsigned(1, at: offset &+ index).map({ UInt8($0) }) else {
        isKnown = false
        break
      }
      guard there == byte || form.ignoresCase && lowercase(there) == lowercase(byte) else {
        return .no
      }
    }
    return isKnown ? .yes : .either
  }

  private func present(_ string: Int32, from low: IntegerSet, to high: IntegerSet) -> TruthSet {
    // A bound that is undefined makes it undefined, whether the string is there or not.
    let undefined: TruthSet = low.mayBeUndefined || high.mayBeUndefined ? .undefined : []
    guard let first = low.range, let last = high.range else { return undefined }
    if isAbsent(string: string) || first.lowerBound > last.upperBound {
      return undefined.union(.no)
    }
    if isNowhere(string, from: first.lowerBound, to: last.upperBound) {
      return undefined.union(.no)
    }
    return undefined.union(.either)
  }

  /// Longer stretches are not looked through here: the pass over literals is faster.
  private static let longestStretch: Int64 = 4096

  /// Whether the first bytes prove that a string begins nowhere between two offsets.
  private func isNowhere(_ string: Int32, from low: Int64, to high: Int64) -> Bool {
    let need = tables.needs[Int(string)]
    guard !need.forms.isEmpty else { return false }
    var last = high
    if let size = view.size.range { last = min(last, size.upperBound - 1) }
    let first = max(low, 0)
    guard first <= last else { return true }
    guard last - first < Self.longestStretch, last < Int64(view.head.count) else { return false }
    for offset in Int(first)...Int(last) {
      for form in need.forms where isThere(form, at: offset).mayBeYes { return false }
    }
    return true
  }

  // MARK: Sets and loops

  private mutating func quantity(_ node: ConditionGraph.Node) -> IntegerSet {
    node.a >= 0 ? integer(node.a) : .anything
  }

  private mutating func ofStrings(_ node: ConditionGraph.Node) -> TruthSet {
    let wanted = quantity(node)
    var undefined: TruthSet = []
    if node.b >= 0 {
      let (low, high) = (integer(node.b), integer(node.c))
      if low.mayBeUndefined || high.mayBeUndefined { undefined = .undefined }
      guard low.range != nil, high.range != nil else { return undefined }
    }
    var (least, most): (Int64, Int64) = (0, 0)
    for place in list(node) {
      let one = present(tables.lists[place])
      if one.mayBeYes { most += 1 }
      // Somewhere is not within bounds.
      if one == .yes, node.b < 0 { least += 1 }
    }
    return undefined.union(quantified(node, wanted, least...most, of: Int64(node.listCount)))
  }

  private mutating func ofRules(_ node: ConditionGraph.Node) -> TruthSet {
    let wanted = quantity(node)
    var (least, most): (Int64, Int64) = (0, 0)
    for place in list(node) where tables.lists[place] >= 0 {
      let one = rule(tables.lists[place])
      if one.mayBeYes { most += 1 }
      if one == .yes { least += 1 }
    }
    return quantified(node, wanted, least...most, of: Int64(node.listCount))
  }

  /// What `of` answers for a number of found ones.
  private func quantified(
    _ node: ConditionGraph.Node, _ wanted: IntegerSet, _ found: ClosedRange<Int64>, of all: Int64
  ) -> TruthSet {
    switch QuantifierKind(rawValue: node.value)! {
    case .all: return .atLeast(all, of: found)
    case .any: return .atLeast(1, of: found)
    case .none: return none(found)
    case .percentage:
      guard let percent = wanted.single, percent > 0, percent <= 100 else { return .anything }
      // The share is a fraction: found / all * 100 >= percent.
      var result: TruthSet = []
      for count in found {
        result.insert(TruthSet(Double(count) / Double(all) * 100 >= Double(percent)))
      }
      return result
    case .count:
      // An undefined number means all of them.
      var result: TruthSet = wanted.mayBeUndefined ? .atLeast(all, of: found) : []
      guard let range = wanted.range else { return result }
      if range.contains(0) { result.formUnion(none(found)) }
      if range.lowerBound < 0 { result.insert(.yes) }
      if range.upperBound > 0 {
        result.formUnion(.atLeast(max(1, range.lowerBound), of: found))
        result.formUnion(.atLeast(range.upperBound, of: found))
      }
      return result
    }
  }

  private func none(_ found: ClosedRange<Int64>) -> TruthSet {
    var result: TruthSet = []
    if found.lowerBound == 0 { result.insert(.yes) }
    if found.upperBound > 0 { result.insert(.no) }
    return result
  }

  /// `for … of`: sums of what the bodies are, so that no quantifier means none of them.
  private mutating func forStrings(_ node: ConditionGraph.Node) -> TruthSet {
    let wanted = quantity(node)
    var (least, most): (Int64, Int64) = (0, 0)
    for place in list(node) {
      let one = truth(tables.lists[place])
      if one.mayBeYes { most += 1 }
      if one == .yes { least += 1 }
    }
    if node.c == 1 { return .either }
    return summed(node, wanted, least...most, iterations: Int64(node.listCount))
  }

  private func summed(
    _ node: ConditionGraph.Node, _ wanted: IntegerSet, _ sum: ClosedRange<Int64>, iterations: Int64
  ) -> TruthSet {
    switch QuantifierKind(rawValue: node.value)! {
    case .all: return .atLeast(iterations, of: sum)
    case .any: return .atLeast(1, of: sum)
    // At least none: with one iteration it is so.
    case .none: return .yes
    case .percentage: return .either
    case .count:
      var result: TruthSet = wanted.mayBeUndefined ? .atLeast(iterations, of: sum) : []
      guard let range = wanted.range else { return result }
      result.formUnion(.atLeast(range.lowerBound, of: sum))
      result.formUnion(.atLeast(range.upperBound, of: sum))
      return result
    }
  }

  /// `for … in`: without iterations it is false whatever it asks for; else nothing is certain, unless
  /// the body is never true and at least one is asked for.
  private mutating func forEach(_ node: ConditionGraph.Node) -> TruthSet {
    let wanted = quantity(node)
    let places = list(node)
    let first = places.lowerBound
    switch IteratorKind(rawValue: tables.lists[first])! {
    case .range:
      let (low, high) = (integer(tables.lists[first + 1]), integer(tables.lists[first + 2]))
      guard let least = low.range, let most = high.range, least.lowerBound <= most.upperBound else {
        return .no
      }
    case .values:
      for place in places.dropFirst().dropLast() { _ = truth(tables.lists[place]) }
    case .collection:
      let collection = tables.nodes[Int(tables.lists[first + 1])]
      if view.header(Header(rawValue: collection.a)!) == .no { return .no }
    }
    let body = truth(tables.lists[places.upperBound - 1])
    guard node.c == 0, !body.mayBeYes else { return .either }
    switch QuantifierKind(rawValue: node.value)! {
    case .all, .any: return .no
    case .none, .percentage: return .either
    case .count:
      return wanted.range.map { $0.lowerBound >= 1 } ?? true ? .no : .either
    }
  }
}
