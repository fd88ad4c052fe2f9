import Yara

extension Evaluator {
  /// Whether it is certain that a literal is not in the item.
  func isAbsent(literal: Int32) -> Bool {
    switch view.knowledge {
    case .none: false
    case .absent: true
    case .searched: searched.contains(Int(literal)) && !hits.contains(literal)
    }
  }

  /// Whether it is certain that a string is not in the item.
  func isAbsent(string: Int32) -> Bool {
    if wholeStrings.excludes(Int(string)) { return true }
    for part in Int(tables.firstPart[Int(string)])..<Int(tables.firstPart[Int(string) + 1])
    where isAbsent(tables.parts[part]) { return true }
    return isAbsentFromHead(string)
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

  func present(_ string: Int32) -> TruthSet {
    isAbsent(string: string) ? .no : isPresent(string: string) ? .yes : .either
  }

  /// libyara stops counting at a million, with a warning (limits.h, YR_MAX_STRING_MATCHES). The sieve does not
  /// predict the result of a condition with more matches.
  private static let mostMatches: Int64 = 1_000_000

  func count(_ string: Int32) -> IntegerSet {
    if isAbsent(string: string) { return IntegerSet(0) }
    return IntegerSet((isPresent(string: string) ? 1 : 0) ... .max)
  }

  func present(_ string: Int32, at offset: IntegerSet) -> TruthSet {
    // At an undefined offset, a string is absent in 4.2.3 and undefined in 4.5.
    let elsewhere: TruthSet =
      offset.mayBeUndefined ? tables.semantics == .v42 ? .no : .undefined : []
    guard let range = offset.range else { return elsewhere }
    if isAbsent(string: string) { return elsewhere.union(.no) }
    guard range.lowerBound == range.upperBound else { return elsewhere.union(.either) }
    return elsewhere.union(isThere(string, at: range.lowerBound))
  }

  /// Whether a string lies at an offset, according to the first and last bytes.
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

  func present(_ string: Int32, from low: IntegerSet, to high: IntegerSet) -> TruthSet {
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

  /// Limit of the stretch that is compared here; the search for literals is faster in longer ones.
  private static let longestStretch: Int64 = 4096

  /// Whether the first or last bytes prove that a string begins nowhere between two offsets.
  func isNowhere(_ string: Int32, from low: Int64, to high: Int64) -> Bool {
    let need = tables.needs[Int(string)]
    guard !need.forms.isEmpty || !need.beginning.isEmpty else { return false }
    var last = high
    if let size = view.size.range { last = min(last, size.upperBound - 1) }
    let first = max(low, 0)
    guard first <= last else { return true }
    guard last - first < Self.longestStretch, view.knows(from: first, to: last) else {
      return false
    }
    return (first...last).allSatisfy { !isThere(string, at: $0).mayBeYes }
  }
}
