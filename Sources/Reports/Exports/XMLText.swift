import Bytes

/// Text for XML 1.0, which has no way to write most control characters: they become `\xHH`.
enum XMLText {
  static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in Printable.text(text).unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      // Not characters of XML 1.0 (section 2.2).
      case "\u{FFFE}", "\u{FFFF}": escaped += "\u{FFFD}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  static func element(_ name: String, _ text: String?, _ attributes: String = "") -> String {
    guard let text else { return "" }
    return "<\(name)\(attributes)>\(escaped(text))</\(name)>"
  }
}
