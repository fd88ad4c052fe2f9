import Reports

/// Text in Markdown (CommonMark with tables), escaped so that no renderer treats it as markup.
enum MarkdownText {
  private static let marks = Set("\\`*_{}[]()#+-!|~=@^$".unicodeScalars)

  static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in Printable.text(text).unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case _ where marks.contains(scalar):
        // Only characters that can begin markup there; a hyphen inside a word cannot.
        if isHarmless(scalar, after: escaped.unicodeScalars.last) {
          escaped.unicodeScalars.append(scalar)
        } else {
          escaped += "\\" + String(scalar)
        }
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    // A bare address with a scheme becomes a link.
    return escaped.replacing("://", with: "\\://")
  }

  private static func isHarmless(_ scalar: Unicode.Scalar, after last: Unicode.Scalar?) -> Bool {
    guard "-+=()#".unicodeScalars.contains(scalar), let last else { return false }
    return last.properties.isAlphabetic || last.properties.numericType != nil || last == " "
      || last == ")" || last == "("
  }
}
