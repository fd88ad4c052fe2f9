/// The values that a text may take. Known texts are numbered, so that no array is copied in a scan.
enum TextSet: Hashable, Sendable {
  /// The text of this number of the graph.
  case known(Int)
  /// Any text, perhaps none.
  case unknown(mayBeUndefined: Bool)
  /// None.
  case undefined

  var mayBeUndefined: Bool {
    switch self {
    case .known: false
    case .unknown(let mayBeUndefined): mayBeUndefined
    case .undefined: true
    }
  }
}

/// The operators on texts, computed where both sides are known.
enum TextOperator: Int64, Sendable {
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
  case contains, icontains, startswith, istartswith, endswith, iendswith, iequals

  /// Whether the operator is true only if the right side is a part of the left one, in the same case or any.
  var impliesRightSide: Bool {
    switch self {
    case .equal, .contains, .icontains, .startswith, .istartswith, .endswith, .iendswith, .iequals:
      true
    case .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: false
    }
  }

  /// Whether letters of either case are equal.
  var ignoresCase: Bool {
    switch self {
    case .icontains, .istartswith, .iendswith, .iequals: true
    default: false
    }
  }

  func holds(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    let (left, right) = ignoresCase ? (left.map(lowercase), right.map(lowercase)) : (left, right)
    return switch self {
    case .equal, .iequals: left == right
    case .notEqual: left != right
    case .less: Self.order(left, right) < 0
    case .lessOrEqual: Self.order(left, right) <= 0
    case .greater: Self.order(left, right) > 0
    case .greaterOrEqual: Self.order(left, right) >= 0
    case .contains, .icontains: Self.contains(left, right)
    case .startswith, .istartswith: left.starts(with: right)
    case .endswith, .iendswith: left.reversed().starts(with: right.reversed())
    }
  }

  /// libyara compares signed characters (ss_compare of 4.2.3).
  private static func order(_ left: [UInt8], _ right: [UInt8]) -> Int {
    for (a, b) in zip(left, right) where a != b {
      return Int8(bitPattern: a) < Int8(bitPattern: b) ? -1 : 1
    }
    return left.count - right.count
  }

  private static func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
    guard part.count <= text.count else { return false }
    return part.isEmpty
      || (0...text.count - part.count).contains { text[$0...].starts(with: part) }
  }
}

/// Folds ASCII letters only, as libyara does in the C locale.
func lowercase(_ byte: UInt8) -> UInt8 {
  byte >= 0x41 && byte <= 0x5A ? byte + 0x20 : byte
}
