internal import CYara

/// A string of a compiled rule in the form that libyara searches for. A string with a long jump
/// is compiled to several of these, a chain, which matches only if all parts do.
public struct CompiledString: Hashable, Sendable {
  /// The identifier with its `$`; an anonymous string's is `$` alone.
  public let identifier: String
  /// Number of its rule, in the order of the rules.
  public let rule: Int
  /// Number of the string that it is chained to; nil for the head of a chain and for unchained
  /// strings.
  public let chainedTo: Int?
  /// Bytes of a string of fixed bytes, before widening and xor; nil otherwise.
  public let literal: [UInt8]?
  /// Atoms, one of which is in every match: libyara's automaton searches for them. Empty if the
  /// automaton verifies the string at every byte (an atom of no length).
  public let atoms: [Atom]
  /// Search options: the flags of YR_STRING that affect where it can match.
  public let traits: Traits

  /// A few bytes and their offset in the string.
  public struct Atom: Hashable, Sendable {
    /// The bytes.
    public let bytes: [UInt8]
    /// Number of bytes of the string before them. An atom that ends in a shorter one is reported
    /// again with the offset of the shorter one, which may be negative here.
    public let offset: Int
  }

  /// Flags of YR_STRING (types.h, STRING_FLAGS_…).
  public struct Traits: OptionSet, Hashable, Sendable {
    /// The flags as libyara numbers them.
    public let rawValue: UInt32
    /// Traits by their flags.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// `nocase`, or a regular expression's `i`.
    public static let ignoresCase = Traits(rawValue: UInt32(STRING_FLAGS_NO_CASE))
    /// Searched unwidened.
    public static let ascii = Traits(rawValue: UInt32(STRING_FLAGS_ASCII))
    /// Searched with a zero after each byte.
    public static let wide = Traits(rawValue: UInt32(STRING_FLAGS_WIDE))
    /// `fullword`
    public static let fullWord = Traits(rawValue: UInt32(STRING_FLAGS_FULL_WORD))
    /// `xor`
    public static let xor = Traits(rawValue: UInt32(STRING_FLAGS_XOR))
    /// Reported at one offset only, because the condition needs no other.
    public static let fixedOffset = Traits(rawValue: UInt32(STRING_FLAGS_FIXED_OFFSET))
    /// Encoded in base64, unwidened.
    public static let base64 = Traits(rawValue: UInt32(STRING_FLAGS_BASE64))
    /// Encoded in base64, with a zero after each character.
    public static let base64wide = Traits(rawValue: UInt32(STRING_FLAGS_BASE64_WIDE))
    /// Part of a chain.
    public static let chainPart = Traits(rawValue: UInt32(STRING_FLAGS_CHAIN_PART))
    /// Written in hexadecimal.
    public static let hexadecimal = Traits(rawValue: UInt32(STRING_FLAGS_HEXADECIMAL))
    /// A regular expression.
    public static let regularExpression = Traits(rawValue: UInt32(STRING_FLAGS_REGEXP))
  }
}

extension Rules {
  /// Strings of all rules, in libyara's order: rule by rule.
  public func compiledStrings() -> [CompiledString] {
    let atoms = AtomCollection(pointer)
    return (0..<pointer.pointee.num_strings).compactMap { index in
      guard let string = trawl_yara_string_at(pointer, index)?.pointee else { return nil }
      let isLiteral = string.flags & UInt32(STRING_FLAGS_LITERAL) != 0
      return CompiledString(
        identifier: String(cString: string.identifier), rule: Int(string.rule_idx),
        chainedTo: string.chained_to.map { Int($0.pointee.idx) },
        literal: isLiteral && string.length > 0
          ? Array(UnsafeBufferPointer(start: string.string, count: Int(string.length))) : nil,
        atoms: atoms.isMetEverywhere[Int(index)] ? [] : atoms.ofString[Int(index)],
        traits: CompiledString.Traits(rawValue: string.flags))
    }
  }
}

/// Reads the atoms of every string from the automaton: the bytes on the path from the root to
/// each state with strings to verify.
private struct AtomCollection {
  private(set) var ofString: [[CompiledString.Atom]]
  /// Whether each string is verified in the root, and so at every byte.
  private(set) var isMetEverywhere: [Bool]

  init(_ rules: UnsafeMutablePointer<YR_RULES>) {
    let count = Int(rules.pointee.num_strings)
    ofString = Array(repeating: [], count: count)
    isMetEverywhere = Array(repeating: false, count: count)
    guard count > 0 else { return }
    for (string, _) in Self.matches(of: 0, in: rules) { isMetEverywhere[string] = true }
    descend(rules, state: 0, path: [])
  }

  /// Walks the automaton. Its depth is at most YR_MAX_ATOM_LENGTH.
  private mutating func descend(
    _ rules: UnsafeMutablePointer<YR_RULES>, state: UInt32, path: [UInt8]
  ) {
    for byte in UInt8.min...UInt8.max {
      let next = trawl_yara_next_state(rules, state, byte)
      guard next != 0 else { continue }
      let way = path + [byte]
      for (string, backtrack) in Self.matches(of: next, in: rules) where !isMetEverywhere[string] {
        ofString[string].append(.init(bytes: way, offset: backtrack - way.count))
      }
      descend(rules, state: next, path: way)
    }
  }

  /// Strings verified in `state`, and how many bytes before it they begin.
  private static func matches(of state: UInt32, in rules: UnsafeMutablePointer<YR_RULES>)
    -> [(string: Int, backtrack: Int)]
  {
    var matches: [(string: Int, backtrack: Int)] = []
    var next = trawl_yara_matches_of_state(rules, state)
    while let match = next {
      matches.append((Int(match.pointee.string.pointee.idx), Int(match.pointee.backtrack)))
      next = match.pointee.next
    }
    return matches
  }
}
