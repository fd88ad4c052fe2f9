import Foundation
import TestSupport
import Testing

@testable import YaraSyntax

@Suite("Hostile texts")
struct HostileTextTests {
  private static func exampleText() throws -> [UInt8] {
    DocumentedSyntax.rules.joined(separator: "\n").utf8 + [0x0A]
  }

  @Test("Every beginning of a rule file")
  func prefixes() throws {
    let text = try Self.exampleText()
    for end in text.indices { check(Array(text[..<end])) }
  }

  @Test("Bytes changed, taken out, doubled", arguments: 0..<4)
  func mutations(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let original = try Self.exampleText()
    for _ in 0..<300 {
      var text = original
      for _ in 0..<random.number(1...8) {
        let start = random.number(0...(text.count - 2))
        let end = min(text.count, start + random.number(1...40))
        switch random.number(0...3) {
        case 0: text[start] = UInt8(random.number(0...255))
        case 1: text[start] = random.pick(Array("{}()[]/*\"'\\$#@!%~|&:=.\n".utf8))
        case 2: text.removeSubrange(start..<end)
        default: text.insert(contentsOf: text[start..<end], at: random.number(0...text.count))
        }
      }
      check(text)
    }
  }

  @Test(
    "Very deep or very long, on a small stack",
    arguments: [
      ("(", ")"), ("not ", ""), ("-", ""), ("~", ""), ("a[", "]"), ("uint8(", ")"), ("f(", ")"),
      ("@a[", "]"), ("1 + ", ""), ("a.", ""), ("true or ", ""), ("true and not ", ""),
      ("for all i in (1..2) : (", ")"), ("#a in (1..", ")"), ("1|1^1&1<<1+1*(", ")"),
      ("true or true and not defined 1 == 1+1*~(", ")"), ("for any i in (", ")"),
      ("for (", ") i in (1..2) : (true)"), ("1 == (", ")"), ("any of them at (", ")"),
      ("$a at (", ")"), ("x contains (", ")"), ("!a[uint8(", ")]"),
    ])
  func depth(opening: String, closing: String) {
    for count in [99, 100, 101, 199, 200, 201, 20_000] {
      let text =
        "rule r { condition: " + String(repeating: opening, count: count) + "1"
        + String(repeating: closing, count: count) + " } rule s { condition: true }"
      let names = onSmallStack { rules(text).map(\.identifier) }
      #expect(names == ["r", "s"])
    }
    let open = "rule r { condition: " + String(repeating: opening, count: 100_000)
    onSmallStack { check(Array(open.utf8)) }
  }

  @Test("Deep hexadecimal strings")
  func deepHexadecimals() {
    for count in [10, 31, 32, 33, 100_000] {
      let hexadecimal =
        String(repeating: "( 41 | ", count: count) + "42" + String(repeating: ")", count: count)
      let found = onSmallStack { rules("rule r { strings: $a = {\(hexadecimal)} condition: $a }") }
      #expect((found[0].strings[0].pattern != .unknown) == (count <= 32))
    }
  }

  @Test(
    "Every byte is read a bounded number of times",
    arguments: [
      "\"", "/", "/*", "{", "include ", "include \"", "rule a {", "$a = {", "private ", "1 % ",
      "rule a { strings: $a = { 41 ", "rule a { strings: $a = { // \n", "import ", "\\", "rule ",
      "rule a { condition: ", "rule a { condition: true or ", "x matches /", "((((((", "/* */",
    ])
  func linear(piece: String) {
    let text = Array(String(repeating: piece, count: 400_000 / piece.utf8.count).utf8)
    check(text)
    var parser = Parser(text)
    _ = parser.items()
    #expect(parser.bytesRead <= 3 * text.count)
  }

  /// Checks that ranges are in the text and in order.
  private func check(_ text: [UInt8]) {
    var end = 0
    for item in SourceFile(parsing: text).items {
      let range =
        switch item {
        case .include(_, let range), .moduleImport(_, let range), .unknown(let range): range
        case .rule(let rule): rule.range
        }
      #expect(range.lowerBound >= end && range.upperBound <= text.count && !range.isEmpty)
      end = range.upperBound
    }
  }

  private func onSmallStack<Value: Sendable>(_ body: @escaping @Sendable () -> Value) -> Value {
    let result = Result<Value>()
    let thread = Thread {
      result.value = body()
      result.done.signal()
    }
    thread.stackSize = 512 << 10
    thread.start()
    result.done.wait()
    return result.value!
  }

  private final class Result<Value: Sendable>: @unchecked Sendable {
    var value: Value?
    let done = DispatchSemaphore(value: 0)
  }
}
