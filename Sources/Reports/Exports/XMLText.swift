/// Text for XML 1.0, which has no way to write most control characters: they become `\xHH`.
enum XMLText {
  static func escaped(_ text: String) -> String {
    // Not characters of XML 1.0 (section 2.2).
    HTMLText.escaped(text).replacing(scalar: "\u{FFFE}", with: "\u{FFFD}")
      .replacing(scalar: "\u{FFFF}", with: "\u{FFFD}")
  }

  static func element(_ name: String, _ text: String?, _ attributes: String = "") -> String {
    guard let text else { return "" }
    return "<\(name)\(attributes)>\(escaped(text))</\(name)>"
  }
}
