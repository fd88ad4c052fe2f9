import Yara

extension Evaluator {
  private mutating func wanted(_ quantifier: ConditionGraph.Quantifier) -> IntegerSet {
    quantifier.number.map { integer($0) } ?? .anything
  }

  // MARK: Sets

  mutating func ofStrings(
    _ quantifier: ConditionGraph.Quantifier, _ strings: ConditionGraph.List,
    within bounds: ConditionGraph.Bounds?
  ) -> TruthSet {
    let wanted = wanted(quantifier)
    var undefined: TruthSet = []
    var places: (low: IntegerSet, high: IntegerSet)?
    if let bounds {
      let (low, high) = (integer(bounds.low), integer(bounds.high))
      if low.mayBeUndefined || high.mayBeUndefined { undefined = .undefined }
      guard let first = low.range, let last = high.range else { return undefined }
      places = (
        IntegerSet(range: first, mayBeUndefined: false),
        IntegerSet(range: last, mayBeUndefined: false)
      )
    }
    var (least, most): (Int64, Int64) = (0, 0)
    for place in strings.range {
      let string = tables.lists[place]
      let one = places.map { present(string, from: $0.low, to: $0.high) } ?? present(string)
      if one.mayBeYes { most += 1 }
      if one == .yes { least += 1 }
    }
    return undefined.union(
      quantified(quantifier, wanted, least...most, of: Int64(strings.count)))
  }

  mutating func ofStrings(
    _ quantifier: ConditionGraph.Quantifier, _ strings: ConditionGraph.List, at offset: IntegerSet
  ) -> TruthSet {
    let wanted = wanted(quantifier)
    guard let range = offset.range else { return .undefined }
    let known = IntegerSet(range: range, mayBeUndefined: false)
    var (least, most): (Int64, Int64) = (0, 0)
    for place in strings.range {
      let one = present(tables.lists[place], at: known)
      if one.mayBeYes { most += 1 }
      if one == .yes { least += 1 }
    }
    let undefined: TruthSet = offset.mayBeUndefined ? .undefined : []
    return undefined.union(
      quantified(quantifier, wanted, least...most, of: Int64(strings.count)))
  }

  mutating func ofRules(_ quantifier: ConditionGraph.Quantifier, _ rules: ConditionGraph.List)
    -> TruthSet
  {
    let wanted = wanted(quantifier)
    var (least, most): (Int64, Int64) = (0, 0)
    for place in rules.range where tables.lists[place] >= 0 {
      let one = rule(tables.lists[place])
      if one.mayBeYes { most += 1 }
      if one == .yes { least += 1 }
    }
    return quantified(quantifier, wanted, least...most, of: Int64(rules.count))
  }

  /// Evaluates `of` for a range of found strings.
  private func quantified(
    _ quantifier: ConditionGraph.Quantifier, _ wanted: IntegerSet, _ found: ClosedRange<Int64>,
    of all: Int64
  ) -> TruthSet {
    switch quantifier {
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

  // MARK: Loops

  /// `for … of`: sums of the values of the bodies.
  mutating func forStrings(
    _ quantifier: ConditionGraph.Quantifier, _ bodies: ConditionGraph.List,
    _ kind: ConditionGraph.Bodies
  ) -> TruthSet {
    let wanted = wanted(quantifier)
    var (least, most): (Int64, Int64) = (0, 0)
    for place in bodies.range {
      let one = truth(tables.lists[place])
      if one.mayBeYes { most += 1 }
      if one == .yes { least += 1 }
    }
    guard kind == .truths else { return .either }
    return summed(quantifier, wanted, least...most, iterations: Int64(bodies.count))
  }

  private func summed(
    _ quantifier: ConditionGraph.Quantifier, _ wanted: IntegerSet, _ sum: ClosedRange<Int64>,
    iterations: Int64
  ) -> TruthSet {
    switch quantifier {
    case .all: return .atLeast(iterations, of: sum)
    case .any: return .atLeast(1, of: sum)
    // In 4.2.3 `none` means at least none, which is true after one iteration.
    case .none: return tables.semantics == .v42 ? .yes : none(sum)
    case .percentage: return .either
    case .count:
      var result: TruthSet = wanted.mayBeUndefined ? .atLeast(iterations, of: sum) : []
      guard let range = wanted.range else { return result }
      if tables.semantics == .v45, range.contains(0) { result.formUnion(none(sum)) }
      result.formUnion(.atLeast(range.lowerBound, of: sum))
      result.formUnion(.atLeast(range.upperBound, of: sum))
      return result
    }
  }

  /// `for … in`: false without iterations, for every quantifier. Otherwise nothing is certain, unless
  /// the body is never true and at least one iteration must be true.
  mutating func forEach(
    _ quantifier: ConditionGraph.Quantifier, _ iterator: ConditionGraph.Iterator,
    _ body: ConditionGraph.Index, _ kind: ConditionGraph.Bodies
  ) -> TruthSet {
    let wanted = wanted(quantifier)
    switch iterator {
    case .range(let bounds):
      let (low, high) = (integer(bounds.low), integer(bounds.high))
      guard let least = low.range, let most = high.range, least.lowerBound <= most.upperBound else {
        return .no
      }
    case .values(let values):
      for place in values.range { _ = truth(tables.lists[place]) }
    case .collection(_, let header):
      if view.header(header) == .no { return .no }
    }
    let body = truth(body)
    guard kind == .truths, !body.mayBeYes else { return .either }
    switch quantifier {
    case .all, .any: return .no
    case .none, .percentage: return .either
    case .count:
      return wanted.range.map { $0.lowerBound >= 1 } ?? true ? .no : .either
    }
  }
}
