/// The values that a condition may take, a subset of false, undefined and true. Conditions that read
/// missing bytes are undefined, and libyara's operators do not treat undefined as false: `not` of it is
/// undefined still, `and` and `or` make it false (exec.c of 4.2.3).
struct TruthSet: OptionSet, Hashable, Sendable {
  let rawValue: UInt8

  static let no = TruthSet(rawValue: 1)
  static let undefined = TruthSet(rawValue: 2)
  static let yes = TruthSet(rawValue: 4)
  /// False or true, and not undefined.
  static let either: TruthSet = [.no, .yes]
  /// Nothing is known.
  static let anything: TruthSet = [.no, .undefined, .yes]

  init(rawValue: UInt8) { self.rawValue = rawValue }

  /// A certain truth value.
  init(_ value: Bool) { self = value ? .yes : .no }

  /// Whether a rule with this condition may match.
  var mayBeYes: Bool { contains(.yes) }
  /// Whether anything but true is possible.
  var mayBeOther: Bool { self != .yes }

  /// `not`
  var negated: TruthSet {
    var result: TruthSet = intersection(.undefined)
    if contains(.no) { result.insert(.yes) }
    if contains(.yes) { result.insert(.no) }
    return result
  }

  /// `defined`
  var definedness: TruthSet {
    var result: TruthSet = []
    if contains(.undefined) { result.insert(.no) }
    if !isDisjoint(with: .either) { result.insert(.yes) }
    return result
  }

  /// Result of quantifiers and loops when a number in `counts` is true and `wanted` must be.
  static func atLeast(_ wanted: Int64, of counts: ClosedRange<Int64>) -> TruthSet {
    var result: TruthSet = []
    if counts.upperBound >= wanted { result.insert(.yes) }
    if counts.lowerBound < wanted { result.insert(.no) }
    return result
  }
}
