package import Results

/// Text in HTML and XML, in content and in quoted attributes.
package enum HTMLText {
  package static func escaped(_ text: String) -> String {
    let text = Printable.text(text)
    // All marks are ASCII, so that bytes show whether there are any.
    guard text.utf8.contains(where: isMark) else { return text }
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  private static func isMark(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""),
      UInt8(ascii: "'"):
      true
    default: false
    }
  }

  /// JSON for a `script` element: nothing in it can end the element or begin a comment.
  package static func data(_ json: JSON) -> String {
    json.line.replacing(scalar: "<", with: "\\u003c").replacing(scalar: ">", with: "\\u003e")
      .replacing(scalar: "&", with: "\\u0026")
  }
}
