import Foundation

/// A condition, an item, and the answers of libyara 4.2.3 and 4.5.
package struct SemanticsCase: Sendable, CustomStringConvertible {
  package enum Item: Sendable {
    case text(String)
    case bytes([UInt8], padding: Int = 0)
    /// 390 bytes with the headers of a PE32 and nothing else.
    case minimalExecutable
    /// An ELF of this machine.
    case program
  }

  package enum Outcome: Equatable, Sendable {
    case matches([String], console: [String] = [], cut: [String] = [])
    /// The scan fails with error 31 and reports nothing.
    case failure
    /// The rule is not accepted.
    case syntaxError
  }

  package let number: Int
  package let source: String
  package let item: Item
  /// The mistake that a reader of the condition may make, or the reason for the answer.
  package let trap: String
  /// The answer of libyara 4.2.3.
  package let expected: Outcome
  /// Answer of libyara 4.5, where it differs.
  package let since45: Outcome?

  /// One rule called `r`.
  init(
    _ number: Int, module: String? = nil, _ condition: String, strings: String? = nil,
    item: Item = .text("hello world"), trap: String = "", expected: Outcome,
    since45: Outcome? = nil
  ) {
    let module = module.map { "import \"\($0)\"\n" } ?? ""
    let strings = strings.map { "strings: \($0) " } ?? ""
    self.init(
      number, rules: "\(module)rule r { \(strings)condition: \(condition) }", item: item,
      trap: trap, expected: expected, since45: since45)
  }

  /// Creates a case with named rules.
  init(
    _ number: Int, rules source: String, item: Item = .text("hello world"), trap: String = "",
    expected: Outcome, since45: Outcome? = nil
  ) {
    self.number = number
    self.source = source
    self.item = item
    self.trap = trap
    self.expected = expected
    self.since45 = since45
  }

  /// The answer of libyara 4.5.
  package var answerOf45: Outcome { since45 ?? expected }

  package var description: String { "\(number): \(source)" }

  /// Every case, by its number.
  package static let all =
    quantifiersAndUndefinedValues + modulesAndOperators + strings + severalRules

  static func wide(_ text: String) -> [UInt8] { text.utf8.flatMap { [$0, 0] } }

  package func itemBytes() throws -> [UInt8] {
    switch item {
    case .text(let text): Array(text.utf8)
    case .bytes(let bytes, let padding): bytes + [UInt8](repeating: 0, count: padding)
    case .minimalExecutable: Self.minimalExecutable
    case .program: try Array(Data(contentsOf: URL(fileURLWithPath: "/bin/true")))
    }
  }

  package static let minimalExecutable: [UInt8] = {
    var bytes = [UInt8](repeating: 0, count: 390)
    bytes.replaceSubrange(0..<2, with: "MZ".utf8)
    bytes[0x3C] = 0x40  // e_lfanew
    bytes.replaceSubrange(0x40..<0x44, with: [0x50, 0x45, 0, 0])
    bytes.replaceSubrange(0x44..<0x46, with: [0x4C, 0x01])  // Machine: i386
    bytes[0x54] = 224  // SizeOfOptionalHeader
    bytes.replaceSubrange(0x58..<0x5A, with: [0x0B, 0x01])  // Magic: PE32
    return bytes
  }()
}
