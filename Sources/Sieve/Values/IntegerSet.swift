/// The values that an integer expression may have: a range, undefined, or both.
struct IntegerSet: Hashable, Sendable {
  /// The least and the greatest value; nil if it is always undefined.
  var range: ClosedRange<Int64>?
  /// Whether it may be undefined.
  var mayBeUndefined: Bool

  /// The number that means undefined in libyara (exec.h of 4.2.3, YR_UNDEFINED).
  static let undefinedNumber = Int64(bitPattern: 0xFFFA_BADA_FABA_DAFF)

  static let undefined = IntegerSet(range: nil, mayBeUndefined: true)
  static let anything = IntegerSet(range: .min ... .max, mayBeUndefined: true)

  init(range: ClosedRange<Int64>?, mayBeUndefined: Bool) {
    self.range = range
    self.mayBeUndefined = mayBeUndefined || range?.contains(Self.undefinedNumber) ?? true
  }

  /// A range of values, which may be undefined only if it contains the number for undefined.
  init(_ range: ClosedRange<Int64>) {
    self.init(range: range, mayBeUndefined: false)
  }

  /// One value. The number that means undefined is undefined.
  init(_ value: Int64) {
    self = value == Self.undefinedNumber ? .undefined : IntegerSet(value...value)
  }

  /// The value, if there is only one possibility.
  var single: Int64? {
    guard !mayBeUndefined, let range, range.lowerBound == range.upperBound else { return nil }
    return range.lowerBound
  }

  /// Value of the set as a condition: zero is false.
  var truth: TruthSet {
    var result: TruthSet = mayBeUndefined ? .undefined : []
    guard let range else { return result }
    if range.contains(0) { result.insert(.no) }
    if range != 0...0 { result.insert(.yes) }
    return result
  }

  func with(undefined: Bool) -> IntegerSet {
    IntegerSet(range: range, mayBeUndefined: mayBeUndefined || undefined)
  }

  /// Both possibilities.
  func union(_ other: IntegerSet) -> IntegerSet {
    let undefined = mayBeUndefined || other.mayBeUndefined
    guard let range else { return other.with(undefined: true) }
    guard let second = other.range else { return with(undefined: undefined) }
    return IntegerSet(
      range: min(range.lowerBound, second.lowerBound)...max(range.upperBound, second.upperBound),
      mayBeUndefined: undefined)
  }

  // MARK: Comparison

  enum Comparison: Int64, Sendable {
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
  }

  func compared(_ comparison: Comparison, to other: IntegerSet) -> TruthSet {
    var result: TruthSet = mayBeUndefined || other.mayBeUndefined ? .undefined : []
    guard let range, let second = other.range else { return result }
    let (mayBeLess, mayBeGreater) = (
      range.lowerBound < second.upperBound, range.upperBound > second.lowerBound
    )
    let mayBeEqual = range.overlaps(second)
    switch comparison {
    case .equal:
      if mayBeEqual { result.insert(.yes) }
      if mayBeLess || mayBeGreater { result.insert(.no) }
    case .notEqual:
      if mayBeEqual { result.insert(.no) }
      if mayBeLess || mayBeGreater { result.insert(.yes) }
    case .less:
      if mayBeLess { result.insert(.yes) }
      if mayBeEqual || mayBeGreater { result.insert(.no) }
    case .lessOrEqual:
      if mayBeLess || mayBeEqual { result.insert(.yes) }
      if mayBeGreater { result.insert(.no) }
    case .greater:
      if mayBeGreater { result.insert(.yes) }
      if mayBeEqual || mayBeLess { result.insert(.no) }
    case .greaterOrEqual:
      if mayBeGreater || mayBeEqual { result.insert(.yes) }
      if mayBeLess { result.insert(.no) }
    }
    return result
  }

  // MARK: Arithmetic: two's complement of 64 bits that wraps around, as libyara's

  enum Operator: Int64, Sendable {
    case add, subtract, multiply, divide, remainder
    case bitwiseAnd, bitwiseOr, bitwiseXor, shiftLeft, shiftRight
  }

  func combined(_ operation: Operator, with other: IntegerSet) -> IntegerSet {
    guard let range, let second = other.range else { return .undefined }
    let undefined = mayBeUndefined || other.mayBeUndefined
    if range.lowerBound == range.upperBound, second.lowerBound == second.upperBound {
      return Self.exactly(range.lowerBound, operation, second.lowerBound).with(undefined: undefined)
    }
    return Self.approximately(range, operation, second).with(undefined: undefined)
  }

  private static func exactly(_ a: Int64, _ operation: Operator, _ b: Int64) -> IntegerSet {
    switch operation {
    case .add: return IntegerSet(a &+ b)
    case .subtract: return IntegerSet(a &- b)
    case .multiply: return IntegerSet(a &* b)
    case .divide, .remainder:
      // The smallest number by -1 ends libyara's process.
      if a == .min, b == -1 { return .anything }
      if b == 0 { return .undefined }
      return IntegerSet(operation == .divide ? a / b : a % b)
    case .bitwiseAnd: return IntegerSet(a & b)
    case .bitwiseOr: return IntegerSet(a | b)
    case .bitwiseXor: return IntegerSet(a ^ b)
    case .shiftLeft, .shiftRight:
      if b < 0 { return .undefined }
      if b >= 64 { return IntegerSet(0) }
      return IntegerSet(operation == .shiftLeft ? a << b : a >> b)
    }
  }

  private static func approximately(
    _ a: ClosedRange<Int64>, _ operation: Operator, _ b: ClosedRange<Int64>
  ) -> IntegerSet {
    switch operation {
    case .add:
      let (low, wraps) = a.lowerBound.addingReportingOverflow(b.lowerBound)
      let (high, wrapsToo) = a.upperBound.addingReportingOverflow(b.upperBound)
      return wraps || wrapsToo ? .anything : IntegerSet(low...high)
    case .subtract:
      let (low, wraps) = a.lowerBound.subtractingReportingOverflow(b.upperBound)
      let (high, wrapsToo) = a.upperBound.subtractingReportingOverflow(b.lowerBound)
      return wraps || wrapsToo ? .anything : IntegerSet(low...high)
    case .multiply:
      guard a.lowerBound >= 0, b.lowerBound >= 0 else { return .anything }
      let (high, wraps) = a.upperBound.multipliedReportingOverflow(by: b.upperBound)
      return wraps ? .anything : IntegerSet(a.lowerBound * b.lowerBound...high)
    case .bitwiseAnd:
      if a.lowerBound >= 0, b.lowerBound >= 0 {
        return IntegerSet(0...min(a.upperBound, b.upperBound))
      }
      if a.lowerBound >= 0 { return IntegerSet(0...a.upperBound) }
      if b.lowerBound >= 0 { return IntegerSet(0...b.upperBound) }
      return .anything
    case .divide, .remainder, .bitwiseOr, .bitwiseXor, .shiftLeft, .shiftRight:
      return .anything
    }
  }

  /// `-x`
  var negated: IntegerSet { IntegerSet(0).combined(.subtract, with: self) }

  /// `~x`
  var inverted: IntegerSet {
    guard let range else { return .undefined }
    return IntegerSet(
      range: ~range.upperBound ... ~range.lowerBound, mayBeUndefined: mayBeUndefined)
  }
}
