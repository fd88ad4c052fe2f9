internal import CYara

/// Result of one scan.
public struct ScanResult: Hashable, Sendable {
  /// Matching rules in rule order, without private ones.
  public var matches: [RuleMatch] = []
  /// Rules that did not match, if the scanner was asked to report them.
  public var nonMatching: [Rule] = []
  /// String matches of those rules, if string matches were requested.
  public var nonMatchingStrings: [[StringMatch]] = []
  /// Number of non-matching rules that libyara reported before each match.
  public var nonMatchingBefore: [Int] = []
  /// Output printed while conditions were evaluated, in order.
  public var printed: [Printed] = []
  /// Strings with more than a million matches; their counts and offsets are truncated.
  public var cutStrings: [CutString] = []
  /// Strings that slowed the scan down, as libyara 4.5 judges: those that any byte may begin, in
  /// an item of more than 200,000 bytes, and those with 600,000 or more matches.
  public var slowStrings: [CutString] = []
  /// Requested module fields that are defined.
  public var moduleFields: [ModuleField: ModuleValue] = [:]

  /// Creates an empty result.
  public init() {}
}

extension ScanResult {
  /// Output of the `console` module, one entry per line.
  public var consoleLines: [String] {
    printed.compactMap {
      if case .console(let line) = $0 { String(decoding: line, as: UTF8.self) } else { nil }
    }
  }
}

/// Output of a scan beside matches.
public enum Printed: Hashable, Sendable {
  /// Line of the `console` module, without its line end.
  case console([UInt8])
  /// Fields of a module that a rule imports, as whole lines in the form of `yara -D`.
  case moduleData([UInt8])
  /// All defined fields of a module that a rule imports.
  case module(String, ModuleValue)
}

/// A rule that matched, and the places of its strings.
public struct RuleMatch: Hashable, Sendable {
  /// The rule.
  public let rule: Rule
  /// Matches of every string that is not private, in order of the strings, then of the offsets.
  public let strings: [StringMatch]
}

/// One match of one string.
public struct StringMatch: Hashable, Sendable {
  /// The identifier with its `$`; an anonymous string's is `$` alone.
  public let identifier: String
  /// Number of the string in its rule, from 0: several may be anonymous.
  public let index: Int
  /// Offset of the first byte from the start of the scanned data.
  public let offset: UInt64
  /// The length in bytes.
  public let length: Int
  /// Bytes of the match, at most 512 (YR_CONFIG_MAX_MATCH_DATA).
  public let data: [UInt8]
  /// Whether the rule writes the string in hexadecimal.
  public let isHexadecimal: Bool
  /// Whether the string has the modifier `xor`.
  public let isXor: Bool
  /// Key of an `xor` string's match, known since libyara 4.5; 0 for other strings.
  public let xorKey: UInt8
}

/// A string with more matches than libyara counts.
public struct CutString: Hashable, Sendable {
  /// Its rule.
  public let rule: String
  /// Namespace of the rule.
  public let namespace: String
  /// Its identifier.
  public let identifier: String
}

extension RuleMatch {
  /// Copies the scan's results for a matching rule.
  init(
    _ rule: Rule, _ pointer: UnsafePointer<YR_RULE>,
    _ context: UnsafeMutablePointer<YR_SCAN_CONTEXT>, withStrings: Bool
  ) {
    self.rule = rule
    strings = withStrings ? StringMatch.all(of: pointer, context) : []
  }
}

extension StringMatch {
  /// Matches of a rule's strings in this scan, whether the rule matches or not.
  static func all(
    of rule: UnsafePointer<YR_RULE>, _ context: UnsafeMutablePointer<YR_SCAN_CONTEXT>
  ) -> [StringMatch] {
    var strings = [StringMatch]()
    var next = rule.pointee.strings
    var index = 0
    while let string = next {
      var match = trawl_yara_first_match(context, string)
      while let found = match {
        if !found.pointee.is_private { strings.append(StringMatch(string, index, found)) }
        match = found.pointee.next
      }
      next = trawl_yara_next_string(string)
      index += 1
    }
    return strings
  }

  fileprivate init(
    _ string: UnsafePointer<YR_STRING>, _ index: Int, _ match: UnsafePointer<YR_MATCH>
  ) {
    identifier = String(cString: string.pointee.identifier)
    self.index = index
    isHexadecimal = string.pointee.flags & UInt32(STRING_FLAGS_HEXADECIMAL) != 0
    isXor = string.pointee.flags & UInt32(STRING_FLAGS_XOR) != 0
    offset = UInt64(bitPattern: match.pointee.base &+ match.pointee.offset)
    xorKey = trawl_yara_xor_key(match)
    length = Int(match.pointee.match_length)
    data = Array(
      UnsafeRawBufferPointer(start: match.pointee.data, count: Int(match.pointee.data_length)))
  }
}
