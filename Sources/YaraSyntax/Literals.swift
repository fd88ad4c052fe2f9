/// Values of tokens. Nil means that libyara refuses the token, or reads it in a way that cannot
/// be relied on.
extension Lexer {
  func word(of token: Token) -> String { String(decoding: text[token.range], as: UTF8.self) }

  /// Name of a string with its `$`, whatever its first character, and without its `*`.
  func stringName(of token: Token) -> String {
    let end = token.kind == .stringPrefix ? token.range.upperBound - 1 : token.range.upperBound
    return "$" + String(decoding: text[(token.range.lowerBound + 1)..<end], as: UTF8.self)
  }

  func integer(of token: Token) -> Int64? {
    var digits = text[token.range]
    var radix: Int64 = 10
    var unit: Int64 = 1
    if digits.last == UInt8(ascii: "B"), digits.dropFirst().first != UInt8(ascii: "x") {
      unit = digits.dropLast().last == UInt8(ascii: "K") ? 1024 : 1_048_576
      digits = digits.dropLast(2)
    }
    switch digits.dropFirst().first {
    case UInt8(ascii: "x"): radix = 16
    case UInt8(ascii: "o"): radix = 8
    default: break
    }
    if radix != 10 { digits = digits.dropFirst(2) }
    var value: Int64 = 0
    for byte in digits {
      guard let digit = Digits.hexadecimal(byte) else { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: radix)
      let (sum, carry) = product.addingReportingOverflow(Int64(digit))
      if overflow || carry { return nil }
      value = sum
    }
    let (scaled, overflow) = value.multipliedReportingOverflow(by: unit)
    return overflow ? nil : scaled
  }

  func float(of token: Token) -> Double? {
    guard let value = Double(word(of: token)), value.isFinite else { return nil }
    return value
  }

  /// Bytes of a quoted text. In libyara, a NUL ends it.
  func bytes(ofText token: Token) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(token.range.count)
    var index = token.range.lowerBound + 1
    let end = token.range.upperBound - 1
    while index < end {
      let byte = text[index]
      guard byte != 0 else { return nil }
      guard byte == UInt8(ascii: "\\") else {
        bytes.append(byte)
        index += 1
        continue
      }
      guard index + 1 < end else { return nil }
      switch text[index + 1] {
      case UInt8(ascii: "t"): bytes.append(0x09)
      case UInt8(ascii: "n"): bytes.append(0x0A)
      case UInt8(ascii: "r"): bytes.append(0x0D)
      case UInt8(ascii: "\""): bytes.append(UInt8(ascii: "\""))
      case UInt8(ascii: "\\"): bytes.append(UInt8(ascii: "\\"))
      case UInt8(ascii: "x"):
        guard index + 3 < end, let high = Digits.hexadecimal(text[index + 2]),
          let low = Digits.hexadecimal(text[index + 3])
        else { return nil }
        bytes.append(high << 4 | low)
        index += 2
      default: return nil
      }
      index += 2
    }
    return bytes
  }

  func regularExpression(of token: Token) -> RegularExpressionSyntax? {
    var end = token.range.upperBound
    var flags: Set<UInt8> = []
    // The last slash closes the expression: only letters follow.
    while text[end - 1] != UInt8(ascii: "/") {
      flags.insert(text[end - 1])
      end -= 1
    }
    let written = text[(token.range.lowerBound + 1)..<(end - 1)]
    guard !written.isEmpty, !written.contains(0) else { return nil }
    var pattern: [UInt8] = []
    pattern.reserveCapacity(written.count)
    var index = written.startIndex
    while index < written.endIndex {
      if written[index] == UInt8(ascii: "\\"), index + 1 < written.endIndex {
        if written[index + 1] != UInt8(ascii: "/") { pattern.append(written[index]) }
        pattern.append(written[index + 1])
        index += 2
      } else {
        pattern.append(written[index])
        index += 1
      }
    }
    return RegularExpressionSyntax(
      pattern: pattern, ignoresCase: flags.contains(UInt8(ascii: "i")),
      dotMatchesLineBreak: flags.contains(UInt8(ascii: "s")))
  }

  /// Path of an inclusion in its source form.
  func path(ofInclude token: Token) -> [UInt8] {
    let written = text[token.range].dropLast()
    guard let mark = written.firstIndex(of: UInt8(ascii: "\"")) else { return [] }
    return Array(written[(mark + 1)...])
  }
}

extension IntegerRead {
  /// Parses the name of a function such as `uint16be`.
  init?(_ name: String) {
    var rest = name[...]
    isSigned = !rest.hasPrefix("u")
    if !isSigned { rest.removeFirst() }
    guard rest.hasPrefix("int") else { return nil }
    rest.removeFirst(3)
    isBigEndian = rest.hasSuffix("be")
    if isBigEndian { rest.removeLast(2) }
    switch rest {
    case "8": width = 1
    case "16": width = 2
    case "32": width = 4
    default: return nil
    }
  }
}
