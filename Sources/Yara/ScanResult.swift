internal import CYara

/// What one scan reported.
public struct ScanResult: Hashable, Sendable {
  /// The rules that matched, in order of the rules, private ones left out.
  public var matches: [RuleMatch] = []
  /// The rules that did not, if the scanner was asked to report them.
  public var nonMatching: [Rule] = []
  /// Where strings of those are all the same, if places of strings were asked for.
  public var nonMatchingStrings: [[StringMatch]] = []
  /// For each match, how many of those that did not match libyara reported before it.
  public var nonMatchingBefore: [Int] = []
  /// What was printed while conditions were worked out, in order.
  public var printed: [Printed] = []
  /// Strings that matched more than a million times; their counts and offsets are cut there.
  public var cutStrings: [CutString] = []
  /// The module fields that the scanner was asked for, where they are defined.
  public var moduleFields: [ModuleField: ModuleValue] = [:]

  /// Nothing.
  public init() {}
}

extension ScanResult {
  /// What the `console` module printed, a line each.
  public var consoleLines: [String] {
    printed.compactMap {
      if case .console(let line) = $0 { String(decoding: line, as: UTF8.self) } else { nil }
    }
  }
}

/// Something that a scan prints besides matches.
public enum Printed: Hashable, Sendable {
  /// A line of the `console` module, without its end.
  case console([UInt8])
  /// The fields of a module that a rule imports, whole lines as `yara -D` prints them.
  case moduleData([UInt8])
}

/// A rule that matched, and where its strings are.
public struct RuleMatch: Hashable, Sendable {
  /// The rule.
  public let rule: Rule
  /// Every place of every string that is not private, in order of the strings, then of the offsets.
  public let strings: [StringMatch]
}

/// One place of one string.
public struct StringMatch: Hashable, Sendable {
  /// The identifier with its `$`; an anonymous string's is `$` alone.
  public let identifier: String
  /// The first byte, from the start of what was scanned.
  public let offset: UInt64
  /// The length in bytes.
  public let length: Int
  /// The bytes, at most 512 (YR_CONFIG_MAX_MATCH_DATA).
  public let data: [UInt8]
  /// Whether the string is written in hexadecimal.
  public let isHexadecimal: Bool
}

/// A string that matched too often for libyara to go on counting.
public struct CutString: Hashable, Sendable {
  /// Its rule.
  public let rule: String
  /// Its identifier.
  public let identifier: String
}

extension RuleMatch {
  /// Copies what a scan knows of a rule that matched.
  init(
    _ rule: Rule, _ pointer: UnsafePointer<YR_RULE>,
    _ context: UnsafeMutablePointer<YR_SCAN_CONTEXT>, withStrings: Bool
  ) {
    self.rule = rule
    strings = withStrings ? StringMatch.all(of: pointer, context) : []
  }
}

extension StringMatch {
  /// The places of a rule's strings in this scan, whether it matches or not.
  static func all(
    of rule: UnsafePointer<YR_RULE>, _ context: UnsafeMutablePointer<YR_SCAN_CONTEXT>
  ) -> [StringMatch] {
    var strings = [StringMatch]()
    var next = rule.pointee.strings
    while let string = next {
      var match = trawl_yara_first_match(context, string)
      while let found = match {
        if !found.pointee.is_private { strings.append(StringMatch(string, found)) }
        match = found.pointee.next
      }
      next = trawl_yara_next_string(string)
    }
    return strings
  }

  fileprivate init(_ string: UnsafePointer<YR_STRING>, _ match: UnsafePointer<YR_MATCH>) {
    identifier = String(cString: string.pointee.identifier)
    isHexadecimal = string.pointee.flags & UInt32(STRING_FLAGS_HEXADECIMAL) != 0
    offset = UInt64(bitPattern: match.pointee.base &+ match.pointee.offset)
    length = Int(match.pointee.match_length)
    data = Array(
      UnsafeRawBufferPointer(start: match.pointee.data, count: Int(match.pointee.data_length)))
  }
}
