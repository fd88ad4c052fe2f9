@testable import YaraSyntax

/// Renders trees as rules with every operator in parentheses, so that libyara's reading cannot
/// depend on precedence.
enum Rendering {
  static func rule(_ rule: RuleSyntax, of text: [UInt8]) -> String {
    let modifiers = (rule.isGlobal ? "global " : "") + (rule.isPrivate ? "private " : "")
    let strings = rule.strings.map { "    " + string($0, of: text) }.joined(separator: "\n")
    return """
      \(modifiers)rule \(rule.identifier) {
      \(strings.isEmpty ? "" : "  strings:\n\(strings)")
        condition:
          \(expression(rule.condition))
      }
      """
  }

  // MARK: Strings

  static func string(_ string: StringSyntax, of text: [UInt8]) -> String {
    // The tree does not contain the alphabet.
    guard !string.modifiers.isBase64 else {
      return String(decoding: text[string.range], as: UTF8.self)
    }
    return "\(string.identifier) = \(pattern(string.pattern))\(modifiers(string.modifiers))"
  }

  static func pattern(_ pattern: StringSyntax.Pattern) -> String {
    switch pattern {
    case .text(let bytes): quoted(bytes)
    case .hexadecimal(let tokens): "{ \(tokens.map(token).joined(separator: " ")) }"
    case .regularExpression(let expression): regularExpression(expression)
    case .unknown: "<unknown>"
    }
  }

  static func token(_ token: HexadecimalToken) -> String {
    switch token {
    case .byte(let value, let mask): byte(value, mask)
    case .notByte(let value, let mask): "~" + byte(value, mask)
    case .jump(let least, let most): "[\(least)-\(most.map(String.init) ?? "")]"
    case .alternatives(let alternatives):
      "(" + alternatives.map { $0.map(self.token).joined(separator: " ") }.joined(separator: " | ")
        + ")"
    }
  }

  private static func byte(_ value: UInt8, _ mask: UInt8) -> String {
    let high = mask & 0xF0 == 0 ? "?" : String(value >> 4, radix: 16)
    let low = mask & 0x0F == 0 ? "?" : String(value & 15, radix: 16)
    return high + low
  }

  static func modifiers(_ modifiers: StringModifiers) -> String {
    var words: [String] = []
    if modifiers.ignoresCase { words.append("nocase") }
    if modifiers.isASCII { words.append("ascii") }
    if modifiers.isWide { words.append("wide") }
    if modifiers.isFullWord { words.append("fullword") }
    if modifiers.isPrivate { words.append("private") }
    if let keys = modifiers.xorKeys { words.append("xor(\(keys.lowerBound)-\(keys.upperBound))") }
    if modifiers.isBase64 { words.append("base64") }
    return words.map { " " + $0 }.joined()
  }

  static func quoted(_ bytes: [UInt8]) -> String {
    "\"" + bytes.map { "\\x" + String(UInt16($0) + 0x100, radix: 16).dropFirst() }.joined() + "\""
  }

  static func regularExpression(_ expression: RegularExpressionSyntax) -> String {
    var escaped: [UInt8] = []
    var isEscape = false
    for byte in expression.pattern {
      if byte == UInt8(ascii: "/"), !isEscape { escaped.append(UInt8(ascii: "\\")) }
      isEscape = byte == UInt8(ascii: "\\") && !isEscape
      escaped.append(byte)
    }
    return "/" + String(decoding: escaped, as: UTF8.self) + "/"
      + (expression.ignoresCase ? "i" : "") + (expression.dotMatchesLineBreak ? "s" : "")
  }

  // MARK: Conditions

  static func expression(_ expression: Expression) -> String {
    switch expression.kind {
    case .boolean(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .float(let value): "\(value)"
    case .text(let bytes): quoted(bytes)
    case .regularExpression(let expression): regularExpression(expression)
    case .fileSize: "filesize"
    case .entryPoint: "entrypoint"
    case .identifier(let name): name
    case .field(let base, let name): "\(self.expression(base)).\(name)"
    case .element(let base, let index): "\(self.expression(base))[\(self.expression(index))]"
    case .call(let base, let arguments):
      "\(self.expression(base))(\(arguments.map(self.expression).joined(separator: ", ")))"
    case .string(let name): name
    case .stringAt(let name, let offset): "(\(name) at \(self.expression(offset)))"
    case .stringIn(let name, let bounds): "(\(name) in \(self.bounds(bounds)))"
    case .count(let name, let bounds):
      "#\(name.dropFirst())" + (bounds.map { " in \(self.bounds($0))" } ?? "")
    case .offset(let name, let index): "@\(name.dropFirst())\(self.index(index))"
    case .length(let name, let index): "!\(name.dropFirst())\(self.index(index))"
    case .read(let read, let offset):
      (read.isSigned ? "int" : "uint") + "\(read.width * 8)" + (read.isBigEndian ? "be" : "")
        + "(\(self.expression(offset)))"
    case .unary(let unary, let operand): self.unary(unary, operand)
    case .binary(let binary, let left, let right):
      "(\(self.expression(left)) \(symbol(binary)) \(self.expression(right)))"
    case .of(let quantifier, let set, let bounds):
      "(\(self.quantifier(quantifier)) of \(self.set(set))"
        + (bounds.map { " in \(self.bounds($0))" } ?? "") + ")"
    case .ofAt(let quantifier, let set, let offset):
      "(\(self.quantifier(quantifier)) of \(self.set(set)) at \(self.expression(offset)))"
    case .forIn(let quantifier, let variables, let iterator, let body):
      "(for \(self.quantifier(quantifier)) \(variables.joined(separator: ", ")) in "
        + "\(self.iterator(iterator)) : (\(self.expression(body))))"
    case .forOf(let quantifier, let set, let body):
      "(for \(self.quantifier(quantifier)) of \(self.set(set)) : (\(self.expression(body))))"
    case .unknown: "<unknown>"
    }
  }

  private static func unary(_ unary: UnaryOperator, _ operand: Expression) -> String {
    let word =
      switch unary {
      case .not: "not "
      case .defined: "defined "
      case .minus: "-"
      case .bitwiseNot: "~"
      }
    return "(\(word)\(expression(operand)))"
  }

  private static func index(_ index: Expression?) -> String {
    index.map { "[\(expression($0))]" } ?? ""
  }

  private static func bounds(_ bounds: Expression.Bounds) -> String {
    "(\(expression(bounds.low))..\(expression(bounds.high)))"
  }

  private static func quantifier(_ quantifier: Expression.Quantifier) -> String {
    switch quantifier {
    case .all: "all"
    case .any: "any"
    case .none: "none"
    case .count(let count): expression(count)
    case .percentage(let percentage): "\(expression(percentage))%"
    }
  }

  private static func set(_ set: Expression.ElementSet) -> String {
    switch set {
    case .allStrings: "them"
    case .strings(let names), .rules(let names):
      "(" + names.map { $0.text + ($0.isPrefix ? "*" : "") }.joined(separator: ", ") + ")"
    }
  }

  private static func iterator(_ iterator: Expression.Iterator) -> String {
    switch iterator {
    case .range(let bounds): self.bounds(bounds)
    case .values(let values): "(\(values.map(expression).joined(separator: ", ")))"
    case .collection(let collection): expression(collection)
    }
  }

  static func symbol(_ binary: BinaryOperator) -> String {
    switch binary {
    case .equal: "=="
    case .notEqual: "!="
    case .less: "<"
    case .lessOrEqual: "<="
    case .greater: ">"
    case .greaterOrEqual: ">="
    case .add: "+"
    case .subtract: "-"
    case .multiply: "*"
    case .divide: "\\"
    case .remainder: "%"
    case .bitwiseAnd: "&"
    case .bitwiseOr: "|"
    case .bitwiseXor: "^"
    case .shiftLeft: "<<"
    case .shiftRight: ">>"
    default: "\(binary)"
    }
  }
}
