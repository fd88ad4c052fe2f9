import Bytes
import Yara

/// Output lines of `yara` (handle_message of yara.c), as bytes.
struct MatchText {
  var showsNamespace = false
  var showsTags = false
  var showsMetadata = false
  var showsStrings = false
  var showsLengths = false
  var showsKeys = false

  /// Writes the line of a rule, and those of its strings.
  func write(_ rule: Rule, _ strings: [StringMatch], at path: RawPath, to lines: inout [UInt8]) {
    if showsNamespace { lines += Array("\(rule.namespace):".utf8) }
    lines += Array("\(rule.identifier) ".utf8)
    if showsTags { lines += Array("[\(rule.tags.joined(separator: ","))] ".utf8) }
    if showsMetadata { write(rule.metadata, to: &lines) }
    lines += path.bytes + [Self.lineEnd]
    guard showsStrings || showsLengths || showsKeys else { return }
    for string in strings { write(string, to: &lines) }
  }

  static let lineEnd = UInt8(ascii: "\n")

  private func write(_ metadata: [Metadata], to lines: inout [UInt8]) {
    lines.append(UInt8(ascii: "["))
    for (index, entry) in metadata.enumerated() {
      if index > 0 { lines.append(UInt8(ascii: ",")) }
      lines += Array(entry.key.utf8)
      switch entry.value {
      // yara prints this space, and only here.
      case .integer(let value): lines += Array(" =\(value)".utf8)
      case .boolean(let value): lines += Array("=\(value)".utf8)
      case .string(let text):
        lines += Array("=\"".utf8)
        for byte in text { Self.writeEscaped(byte, to: &lines) }
        lines.append(UInt8(ascii: "\""))
      }
    }
    lines += Array("] ".utf8)
  }

  private func write(_ string: StringMatch, to lines: inout [UInt8]) {
    lines += Array("0x\(String(string.offset, radix: 16)):".utf8)
    // Length of the bytes kept: at most 512.
    if showsLengths { lines += Array("\(string.data.count):".utf8) }
    lines += Array(string.identifier.utf8)
    if showsKeys {
      let key = String(string.xorKey, radix: 16)
      lines += Array(":xor(0x\(key.count < 2 ? "0" : "")\(key),".utf8)
      for byte in string.data { Self.writePlain(byte ^ string.xorKey, to: &lines) }
      lines.append(UInt8(ascii: ")"))
    }
    if showsStrings {
      lines += Array(": ".utf8)
      if string.isHexadecimal {
        Self.writeHexadecimal(string.data, to: &lines)
      } else {
        for byte in string.data { Self.writePlain(byte, to: &lines) }
      }
    }
    lines.append(Self.lineEnd)
  }

  private static let digits = Array("0123456789ABCDEF".utf8)

  private static func writeHexadecimal(_ data: [UInt8], to lines: inout [UInt8]) {
    for (index, byte) in data.prefix(64).enumerated() {
      if index > 0 { lines.append(UInt8(ascii: " ")) }
      lines += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
    if data.count > 64 { lines += Array(" ...".utf8) }
  }

  private static func writePlain(_ byte: UInt8, to lines: inout [UInt8]) {
    if (32...126).contains(byte) {
      lines.append(byte)
    } else {
      lines += Array("\\x".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
  }

  private static func writeEscaped(_ byte: UInt8, to lines: inout [UInt8]) {
    let backslash = UInt8(ascii: "\\")
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "'"), backslash: lines += [backslash, byte]
    case 7...13: lines += [backslash, Array("abtnvfr".utf8)[Int(byte) - 7]]
    case 32...126: lines.append(byte)
    default:
      let octal = String(byte, radix: 8)
      lines += [backslash] + Array((String(repeating: "0", count: 3 - octal.count) + octal).utf8)
    }
  }
}
