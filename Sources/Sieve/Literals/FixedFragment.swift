import Yara
import YaraSyntax

/// The longest run of fixed bytes that every match of a string holds, as its text says.
enum FixedFragment {
  /// The fragment of a string; nil if there is none, or it is not certain. What libyara compiled says how
  /// it is looked for, and not the text.
  static func longest(of string: StringSyntax, _ traits: CompiledString.Traits)
    -> LiteralTable.Literal?
  {
    switch string.pattern {
    case .hexadecimal(let tokens):
      return run(in: tokens).map { .init(bytes: $0, ignoresCase: false) }
    case .regularExpression(let expression):
      // Widened regular expressions have two forms, and one fragment would be none of them.
      guard !traits.contains(.wide) else { return nil }
      let ignoresCase = expression.ignoresCase || traits.contains(.ignoresCase)
      return RegularExpressionFragment.longest(in: expression.pattern).map {
        .init(bytes: $0, ignoresCase: ignoresCase)
      }
    case .text, .unknown: return nil
    }
  }

  /// What a hexadecimal string begins with, up to the first jump or alternative.
  static func beginning(of tokens: [HexadecimalToken]) -> [(value: UInt8, mask: UInt8)] {
    var bytes: [(value: UInt8, mask: UInt8)] = []
    for token in tokens.prefix(256) {
      guard case .byte(let value, let mask) = token else { break }
      bytes.append((value & mask, mask))
    }
    return bytes
  }

  private static func run(in tokens: [HexadecimalToken]) -> [UInt8]? {
    longestRun(tokens.map { if case .byte(let value, 0xFF) = $0 { value } else { nil } })
  }

  /// The most telling run between the gaps: the longest, but zeros and repetitions are common.
  static func longestRun(_ bytes: [UInt8?]) -> [UInt8]? {
    bytes.split(whereSeparator: { $0 == nil })
      .map { $0.compactMap(\.self) }
      .filter { $0.count >= LiteralTable.leastLength }
      .max { weight($0) < weight($1) }
  }

  private static func weight(_ bytes: [UInt8]) -> Int {
    min(bytes.count, 32) + 2 * Set(bytes.prefix(32)).subtracting([0, 0xFF]).count
  }
}

/// Reads only as much of a regular expression as is needed to be sure of fixed text in it.
enum RegularExpressionFragment {
  static func longest(in pattern: [UInt8]) -> [UInt8]? {
    var fixed: [UInt8?] = []
    var position = 0
    while position < pattern.count {
      let byte = pattern[position]
      switch byte {
      case UInt8(ascii: "|"):
        // At the top level: nothing before or after it is in every match.
        return nil
      case UInt8(ascii: "("):
        guard let end = endOfGroup(pattern, position) else { return nil }
        position = end
        fixed.append(nil)
        continue
      case UInt8(ascii: "["):
        guard let end = endOfClass(pattern, position) else { return nil }
        position = end
        fixed.append(nil)
        continue
      case UInt8(ascii: "\\"):
        guard let (value, length) = escape(pattern, position) else { return nil }
        fixed.append(value)
        position += length
      case UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "+"):
        forget(&fixed)
        position += 1
      case UInt8(ascii: "{"):
        guard let end = pattern[position...].firstIndex(of: UInt8(ascii: "}")) else { return nil }
        forget(&fixed)
        position = end + 1
      case UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "$"):
        fixed.append(nil)
        position += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
        return nil
      default:
        fixed.append(byte)
        position += 1
      }
    }
    return FixedFragment.longestRun(fixed)
  }

  /// A quantifier makes what stands before it uncertain, and ends the run.
  private static func forget(_ fixed: inout [UInt8?]) {
    if !fixed.isEmpty { fixed[fixed.count - 1] = nil }
    fixed.append(nil)
  }

  /// What a backslash and the next byte stand for; a value of nil is a class or an anchor.
  private static func escape(_ pattern: [UInt8], _ position: Int) -> (value: UInt8?, length: Int)? {
    guard position + 1 < pattern.count else { return nil }
    switch pattern[position + 1] {
    case UInt8(ascii: "n"): return (0x0A, 2)
    case UInt8(ascii: "t"): return (0x09, 2)
    case UInt8(ascii: "r"): return (0x0D, 2)
    case UInt8(ascii: "f"): return (0x0C, 2)
    case UInt8(ascii: "a"): return (0x07, 2)
    case UInt8(ascii: "x"):
      guard position + 3 < pattern.count,
        let value = UInt8(
          String(decoding: pattern[position + 2...position + 3], as: UTF8.self), radix: 16)
      else { return nil }
      return (value, 4)
    case let byte where byte.isLetterOrDigit: return (nil, 2)
    case let byte: return (byte, 2)
    }
  }

  /// The position behind a class.
  private static func endOfClass(_ pattern: [UInt8], _ start: Int) -> Int? {
    var position = start + 1
    if position < pattern.count, pattern[position] == UInt8(ascii: "^") { position += 1 }
    // A bracket that comes first is one of the class.
    if position < pattern.count, pattern[position] == UInt8(ascii: "]") { position += 1 }
    while position < pattern.count {
      switch pattern[position] {
      case UInt8(ascii: "\\"): position += 2
      case UInt8(ascii: "]"): return position + 1
      default: position += 1
      }
    }
    return nil
  }

  /// The position behind a group.
  private static func endOfGroup(_ pattern: [UInt8], _ start: Int) -> Int? {
    var open = 0
    var position = start
    while position < pattern.count {
      switch pattern[position] {
      case UInt8(ascii: "\\"): position += 2
      case UInt8(ascii: "["):
        guard let end = endOfClass(pattern, position) else { return nil }
        position = end
      case UInt8(ascii: "("):
        open += 1
        position += 1
      case UInt8(ascii: ")"):
        open -= 1
        position += 1
        if open == 0 { return position }
      default: position += 1
      }
    }
    return nil
  }
}

extension UInt8 {
  fileprivate var isLetterOrDigit: Bool {
    (0x30...0x39).contains(self) || (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self)
  }
}
