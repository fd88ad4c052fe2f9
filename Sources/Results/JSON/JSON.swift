import Bytes
internal import FoundationEssentials

/// JSON value with ordered keys, so that a line is stable and readable.
package enum JSON: Sendable {
  case string(String)
  case integer(Int64)
  case unsigned(UInt64)
  case number(Double)
  case boolean(Bool)
  case null
  case array([JSON])
  case object([(key: String, value: JSON?)])

  /// Text on one line (RFC 8259). Keys whose value is nil are omitted.
  package var line: String {
    var text = ""
    write(to: &text)
    return text
  }

  private func write(to text: inout String) {
    switch self {
    case .string(let value): Self.write(value, to: &text)
    case .integer(let value): text += String(value)
    case .unsigned(let value): text += String(value)
    // JSON has no infinity, and none of the values is infinite.
    case .number(let value): text += value.isFinite ? String(value) : "null"
    case .boolean(let value): text += value ? "true" : "false"
    case .null: text += "null"
    case .array(let values):
      text += "["
      for (index, value) in values.enumerated() {
        if index > 0 { text += "," }
        value.write(to: &text)
      }
      text += "]"
    case .object(let members):
      text += "{"
      var isFirst = true
      for case (let key, let value?) in members {
        if !isFirst { text += "," }
        isFirst = false
        Self.write(key, to: &text)
        text += ":"
        value.write(to: &text)
      }
      text += "}"
    }
  }

  /// Writes a string with the escapes that RFC 8259 section 7 requires. Also escapes characters
  /// that affect terminals, end a line for some readers, or change the direction of text.
  private static func write(_ value: String, to text: inout String) {
    text += "\""
    let isPlain = value.utf8.allSatisfy {
      $0.isPlainASCII && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
    }
    if isPlain {
      text += value
      text += "\""
      return
    }
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case _
      where scalar.affectsDisplay:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }

  /// Encodes bytes in base64 (RFC 4648 section 4).
  package static func base64(_ bytes: [UInt8]) -> JSON {
    .string(Data(bytes).base64EncodedString())
  }
}
