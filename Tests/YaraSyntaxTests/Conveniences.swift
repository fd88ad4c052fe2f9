import Yara

@testable import YaraSyntax

/// Parts of a text.
func items(_ text: String) -> [SourceItem] { SourceFile(parsing: Array(text.utf8)).items }

/// Rules of a text.
func rules(_ text: String) -> [RuleSyntax] { rules(Array(text.utf8)) }

/// Rules of a text.
func rules(_ text: [UInt8]) -> [RuleSyntax] {
  SourceFile(parsing: text).items.compactMap { item in
    if case .rule(let rule) = item { rule } else { nil }
  }
}

/// Condition with explicit parentheses; nil if there is no rule.
func condition(_ text: String) -> String? {
  rules("rule r { condition: \(text) }").first.map { Rendering.expression($0.condition) }
}

/// Strings of a rule in parsed form.
func strings(_ text: String) -> [String]? {
  let text = Array("rule r { strings: \(text) condition: any of them }".utf8)
  return rules(text).first?.strings.map { string in
    "\(string.identifier) = \(Rendering.pattern(string.pattern))"
      + Rendering.modifiers(string.modifiers)
  }
}

/// Text in parsed form, with every parenthesis written out.
func understood(_ text: [UInt8]) -> [UInt8] {
  let parts: [String] = SourceFile(parsing: text).items.map { item in
    switch item {
    case .rule(let rule): Rendering.rule(rule, of: text)
    case .moduleImport(let name, _): "import \"\(name)\""
    case .include(let path, _): "include \"\(String(decoding: path, as: UTF8.self))\""
    case .unknown: "<unknown>"
    }
  }
  return Array(parts.joined(separator: "\n").utf8)
}

/// Whether any part is `unknown`.
func hasUnknown(_ text: [UInt8]) -> Bool {
  String(decoding: understood(text), as: UTF8.self).contains("<unknown>")
}

/// Error of libyara for a text; nil if it compiles.
func refusal(of text: [UInt8], externals: Bool = true) -> String? {
  do throws(YaraError) {
    _ = try compiled(text)
    return nil
  } catch {
    return error.diagnostics.first?.description ?? error.description
  }
}

/// Compiles a text; some external variables are defined.
func compiled(_ text: [UInt8]) throws(YaraError) -> Rules {
  var compiler = try Compiler(includes: .disabled)
  try compiler.define("ext_i", as: .integer(5))
  try compiler.define("ext_f", as: .float(2.5))
  try compiler.define("ext_b", as: .boolean(true))
  try compiler.define("ext_s", as: .string("hello world"))
  try compiler.add(text: text)
  return try compiler.rules()
}

/// Names of the rules that match; nil if libyara fails, which it does on a count in a range of
/// an absent string.
func matches(_ rules: Rules, _ item: [UInt8]) throws -> [String]? {
  var scanner = try Scanner(rules)
  return try? scanner.scan(item.span.bytes).matches.map(\.rule.identifier)
}
