import Yara
import YaraSyntax

/// The text of a string, for facts that its compiled form does not contain.
struct StringSource {
  let syntax: StringSyntax
  /// The text of the rule file.
  let text: [UInt8]

  /// Literals with their context, one of which is in every match of a hexadecimal string or regular expression;
  /// nil if none is certain. The modifiers are those that libyara compiled.
  func alternatives(_ traits: CompiledString.Traits) -> [LiteralTable.Literal]? {
    let ignoresCase = traits.contains(.ignoresCase) || syntax.pattern.ignoresCase
    guard let required = RequiredSegments.of(syntax, ignoresCase: ignoresCase) else { return nil }
    var found: [LiteralTable.Literal] = []
    for segment in required {
      for (isAsked, segment) in [
        (traits.isASCII, segment), (traits.contains(.wide), segment.widened),
      ] where isAsked {
        guard let literal = segment.literal(ignoresCase: ignoresCase) else { return nil }
        found.append(literal)
      }
    }
    return found.isEmpty ? nil : found
  }

  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// The encoded forms of a `base64` string, one of which is in every match, without the characters that depend
  /// on the context of the text (RFC 4648). Nil if it is none, has an alphabet of its own, or libyara's
  /// own atoms are not in these forms.
  func base64(_ traits: CompiledString.Traits, provenBy atoms: [[UInt8]]) -> [LiteralTable.Literal]?
  {
    guard !traits.isDisjoint(with: [.base64, .base64wide]), case .text(let bytes) = syntax.pattern,
      // An alphabet comes in parentheses; so may some of the text, which is then left alone as well.
      !text[syntax.range].contains(UInt8(ascii: "("))
    else { return nil }
    var plain: [[UInt8]] = []
    if syntax.modifiers.isASCII || !syntax.modifiers.isWide { plain.append(bytes) }
    if syntax.modifiers.isWide { plain.append(StringNeed.widened(bytes)) }
    var forms: [[UInt8]] = []
    for text in plain {
      for shift in 0..<3 { forms.append(Self.encoded(text, after: shift)) }
    }
    let widened = traits.contains(.base64wide) ? forms.map { StringNeed.widened($0) } : []
    forms = (traits.contains(.base64) ? forms : []) + widened
    let areExplained = atoms.allSatisfy { atom in
      forms.contains { form in
        form.count >= atom.count
          && (0...form.count - atom.count).contains { form[$0...].starts(with: atom) }
      }
    }
    guard areExplained, !atoms.isEmpty else { return nil }
    return forms.map { .init(bytes: $0, ignoresCase: false) }
  }

  /// The characters that encode `text` wherever it begins `shift` bytes after a multiple of three.
  private static func encoded(_ text: [UInt8], after shift: Int) -> [UInt8] {
    let bits = shift * 8..<(shift + text.count) * 8
    let first = (bits.lowerBound + 5) / 6
    let end = bits.upperBound / 6
    guard first < end else { return [] }
    return (first..<end).map { character in
      var value = 0
      for bit in character * 6..<character * 6 + 6 {
        let byte = text[bit / 8 - shift]
        value = value << 1 | Int(byte >> UInt8(7 - bit % 8)) & 1
      }
      return alphabet[value]
    }
  }
}

extension StringSyntax.Pattern {
  /// Whether the pattern itself says that letters may have either case.
  fileprivate var ignoresCase: Bool {
    if case .regularExpression(let expression) = self { expression.ignoresCase } else { false }
  }
}
