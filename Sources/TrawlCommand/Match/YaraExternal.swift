import Yara

/// `VAR=VALUE`, typed like `yara -d` (common.h of 4.2.3).
struct YaraExternal {
  let name: String
  let value: ExternalValue

  /// Nil without an equals sign.
  init?(_ argument: [UInt8]) {
    guard let equals = argument.firstIndex(of: UInt8(ascii: "=")) else { return nil }
    name = String(decoding: argument[..<equals], as: UTF8.self)
    let text = Array(argument[(equals + 1)...])
    value =
      if Self.isFloat(text) {
        .float(CNumber.float(text))
      } else if Self.isInteger(text) {
        .integer(Int64(CNumber.leadingInteger(text)))
      } else if text == Array("true".utf8) || text == Array("false".utf8) {
        .boolean(text.first == UInt8(ascii: "t"))
      } else {
        .string(String(decoding: text, as: UTF8.self))
      }
  }

  private static func isInteger(_ text: [UInt8]) -> Bool {
    let digits = text.first == UInt8(ascii: "-") ? text.dropFirst() : text[...]
    return !digits.isEmpty && digits.allSatisfy(isDigit)
  }

  /// Whether a text consists of digits and one dot that is not first.
  private static func isFloat(_ text: [UInt8]) -> Bool {
    let digits = text.first == UInt8(ascii: "-") ? text.dropFirst() : text[...]
    let dot = UInt8(ascii: ".")
    guard digits.first != dot, digits.filter({ $0 == dot }).count == 1 else { return false }
    return digits.allSatisfy { $0 == dot || isDigit($0) }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}

extension YaraError {
  /// The words of `yara` for it (print_scanner_error and print_error of yara.c).
  var yaraWords: String {
    guard let string else { return codeWords }
    return "string \"\(string.identifier)\" in rule \"\(string.rule)\" caused \(codeWords)"
  }

  private var codeWords: String {
    switch code.rawValue {
    case 1: "not enough memory"
    case 3: "could not open file"
    case 6: "invalid compiled rules file."
    case 7: "corrupt compiled rules file."
    case 8: "rules were compiled with a different version of YARA"
    case 25: "stack overflow while evaluating condition (see --stack-size argument) "
    case 26: "scanning timed out"
    case 30: "too many matches"
    case 48: "invalid type for external variable"
    default: "error: \(code.rawValue)"
    }
  }
}
