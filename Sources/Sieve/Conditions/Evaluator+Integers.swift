// Operands are evaluated before a method that does not change `self` is called: as its arguments they
// would make Swift copy `self` first.
extension Evaluator {
  /// A node as an integer.
  mutating func integer(_ index: ConditionGraph.Index) -> IntegerSet {
    switch tables.nodes[Int(index)] {
    case .integer(let value): return IntegerSet(value)
    case .fileSize: return view.size
    case .unknownInteger: return .anything
    case .count(let string): return count(string)
    case .countIn(let string, let bounds):
      let (low, high) = (integer(bounds.low), integer(bounds.high))
      return count(string, from: low, to: high)
    case .offset(let string, let number), .length(let string, let number):
      guard count(string).range != 0...0 else { return .undefined }
      if let number { _ = integer(number) }
      return IntegerSet(0 ... .max).with(undefined: true)
    case .read(let read, let offset):
      let place = integer(offset)
      return self.read(read, at: place)
    case .arithmetic(let operation, let left, let right):
      return integer(left).combined(operation, with: integer(right))
    case .negated(let operand): return integer(operand).negated
    case .inverted(let operand): return integer(operand).inverted
    case .between(let bounds): return between(bounds)
    case .oneOf(let values): return oneOf(values)
    case .moduleValue(let header, let literal, _):
      if view.header(header) == .no { return .undefined }
      if let literal, isAbsent(literal: literal) { return IntegerSet(0).with(undefined: true) }
      return .anything
    case .isPortableExecutable:
      return view.header(.portableExecutable) == .no ? IntegerSet(0) : IntegerSet(0...1)
    case .effect:
      hasReachedEffect = true
      return .anything
    case .truth, .not, .defined, .all, .any, .compare, .compareText, .matches, .present, .presentAt,
      .presentIn, .ofStrings, .ofStringsAt, .ofRules, .forStrings, .forEach, .rule:
      // The evaluation meets its effects. Its value may be any with this truth.
      _ = truth(index)
      return .anything
    case .text, .unknownText, .float, .unknown: return .anything
    }
  }

  private func count(_ string: Int32, from low: IntegerSet, to high: IntegerSet) -> IntegerSet {
    guard let first = low.range, let last = high.range else { return .undefined }
    let mayBeUndefined = low.mayBeUndefined || high.mayBeUndefined
    if isAbsent(string: string) || first.lowerBound > last.upperBound
      || isNowhere(string, from: first.lowerBound, to: last.upperBound)
    {
      return IntegerSet(0).with(undefined: mayBeUndefined)
    }
    return IntegerSet(0 ... .max).with(undefined: mayBeUndefined)
  }

  private mutating func between(_ bounds: ConditionGraph.Bounds) -> IntegerSet {
    guard let low = integer(bounds.low).range, let high = integer(bounds.high).range,
      low.lowerBound <= high.upperBound
    else { return .anything }
    return IntegerSet(low.lowerBound...high.upperBound)
  }

  private mutating func oneOf(_ values: ConditionGraph.List) -> IntegerSet {
    var all: IntegerSet?
    for place in values.range {
      let one = integer(tables.lists[place])
      all = all?.union(one) ?? one
    }
    return all ?? .anything
  }

  // MARK: Integers of the item

  private func read(_ read: ConditionGraph.Read, at offset: IntegerSet) -> IntegerSet {
    let width = Int64(read.width)
    guard let offsets = offset.range, offsets.upperBound >= 0, let sizes = view.size.range else {
      return .undefined
    }
    let last = sizes.upperBound - width
    guard offsets.lowerBound <= last else { return .undefined }
    if offsets.lowerBound == offsets.upperBound,
      let bits = view.unsigned(Int(read.width), at: Int(offsets.lowerBound))
    {
      return IntegerSet(read.value(bits)).with(undefined: offset.mayBeUndefined)
    }
    let mayBeOutside = offsets.lowerBound < 0 || offsets.upperBound > sizes.lowerBound - width
    return IntegerSet(
      range: read.values, mayBeUndefined: offset.mayBeUndefined || mayBeOutside)
  }
}

extension ConditionGraph.Read {
  /// Every value there is.
  fileprivate var values: ClosedRange<Int64> {
    let bits = 8 * Int64(width)
    return isSigned ? -(1 << (bits - 1))...(1 << (bits - 1)) - 1 : 0...(1 << bits) - 1
  }

  /// The value of the little-endian integer `bits`.
  fileprivate func value(_ bits: UInt64) -> Int64 {
    let unused = UInt64(64 - 8 * Int(width))
    let bits = isBigEndian ? bits.byteSwapped >> unused : bits
    return isSigned ? Int64(bitPattern: bits << unused) >> Int64(unused) : Int64(bitPattern: bits)
  }
}
