internal import CYara

/// One string of a compiled rule as libyara looks for it. A string of a rule's text that holds a long
/// jump is several of these, a chain: it is found only if all of them are.
public struct CompiledString: Hashable, Sendable {
  /// The identifier with its `$`; an anonymous string's is `$` alone.
  public let identifier: String
  /// The number of its rule in the order of the rules.
  public let rule: Int
  /// The string that it is chained to, by its number; nil for the head of a chain and for most.
  public let chainedTo: Int?
  /// The bytes where it is fixed ones, not widened, not xored; nil otherwise.
  public let literal: [UInt8]?
  /// The atoms, one of which is in whatever matches: what libyara's automaton waits for. Empty when
  /// the automaton looks at every byte (an atom of no length).
  public let atoms: [Atom]
  /// How it is looked for: the flags of YR_STRING that matter to where it can be.
  public let traits: Traits

  /// A few bytes, and where they lie in the string.
  public struct Atom: Hashable, Sendable {
    /// The bytes.
    public let bytes: [UInt8]
    /// How many bytes of the string lie before them. An atom that ends in a shorter one is met again
    /// with that one's place, which may be negative here.
    public let offset: Int
  }

  /// What YR_STRING's flags say (types.h, STRING_FLAGS_…).
  public struct Traits: OptionSet, Hashable, Sendable {
    /// The flags as libyara numbers them.
    public let rawValue: UInt32
    /// Traits by their flags.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// `nocase`, or a regular expression's `i`.
    public static let ignoresCase = Traits(rawValue: UInt32(STRING_FLAGS_NO_CASE))
    /// Looked for as it is written.
    public static let ascii = Traits(rawValue: UInt32(STRING_FLAGS_ASCII))
    /// Looked for with a zero after each byte.
    public static let wide = Traits(rawValue: UInt32(STRING_FLAGS_WIDE))
    /// `fullword`
    public static let fullWord = Traits(rawValue: UInt32(STRING_FLAGS_FULL_WORD))
    /// `xor`
    public static let xor = Traits(rawValue: UInt32(STRING_FLAGS_XOR))
    /// Reported at one offset only, because the condition asks for no other.
    public static let fixedOffset = Traits(rawValue: UInt32(STRING_FLAGS_FIXED_OFFSET))
    /// Encoded, each character as it is.
    public static let base64 = Traits(rawValue: UInt32(STRING_FLAGS_BASE64))
    /// Encoded, each character with a zero after it.
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
  /// The strings of all rules, in libyara's order: a rule's strings follow each other.
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

/// The atoms of every string, read off the automaton: the bytes on the way from the root to each state
/// that has something to verify.
private struct AtomCollection {
  private(set) var ofString: [[CompiledString.Atom]]
  /// Strings that are verified in the root itself, and so at every byte.
  private(set) var isMetEverywhere: [Bool]

  init(_ rules: UnsafeMutablePointer<YR_RULES>) {
    let count = Int(rules.pointee.num_strings)
    ofString = Array(repeating: [], count: count)
    isMetEverywhere = Array(repeating: false, count: count)
    guard count > 0 else { return }
    for (string, _) in Self.matches(of: 0, in: rules) { isMetEverywhere[string] = true }
    descend(rules, state: 0, path: [])
  }

  /// The depth is that of the automaton: at most YR_MAX_ATOM_LENGTH.
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

  /// The strings that are verified in `state`, and how far back they begin.
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
