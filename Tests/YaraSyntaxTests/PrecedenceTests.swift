import TestSupport
import Testing
import Yara

@testable import YaraSyntax

/// libyara reads a condition as the tree states: with every parenthesis written out it has the
/// same result.
@Suite("Precedence, against libyara")
struct PrecedenceTests {
  private static let item = Array("\u{7}hello \u{3} world, 0123456789".utf8)

  @Test("Numbers without parentheses", arguments: 0..<8)
  func numbers(seed: UInt64) throws {
    var expressions = RandomExpressions(seed: 100 + seed)
    // Compare the value bit by bit and as a whole: a boolean would hide most differences.
    try compare(
      (0..<400).flatMap { _ in
        let number = expressions.number()
        return [
          "\(number) \(expressions.comparison()) \(expressions.number())",
          "(\(number)) & 3 == \(expressions.integer(3))", "(\(number)) >> 2 & 7 == 1",
          "(\(number)) > \(expressions.integer(100))", number,
        ]
      })
  }

  @Test("Truth values without parentheses", arguments: 0..<8)
  func truthValues(seed: UInt64) throws {
    var expressions = RandomExpressions(seed: 200 + seed)
    try compare((0..<1000).map { _ in expressions.truthValue() })
  }

  @Test("Long lists of terms become shallow trees of the same meaning")
  func longChains() throws {
    var random = SeededGenerator(seed: 7)
    try compare(
      (2..<120).map { count in
        // At most one term decides the result.
        var (terms, odd, word) = (["ext_i == 6", "filesize < 0"], "ext_b", " or ")
        if count.isMultiple(of: 2) {
          (terms, odd, word) = (["ext_i == 5", "filesize > 0"], "uint8(1000) == 1", " and ")
        }
        var list = (0..<count).map { _ in random.pick(terms) }
        if random.oneIn(2) { list[random.number(0...(count - 1))] = odd }
        return list.joined(separator: word)
      })
    let list = Array(repeating: "ext_i == 6", count: 20_000).joined(separator: " or ")
    let many = Array("rule r { condition: \(list) }".utf8)
    #expect(!hasUnknown(many))
  }

  /// Compares conditions with their parsed trees. Conditions that libyara refuses are skipped.
  private func compare(_ conditions: [String]) throws {
    var compared = 0
    for conditions in conditions.chunks(of: 250) {
      var accepted = conditions
      var written = Self.file(accepted)
      while let refusal = Self.lines(refusedIn: written), !refusal.isEmpty {
        accepted = accepted.enumerated().filter { !refusal.contains($0.offset + 1) }.map(\.element)
        written = Self.file(accepted)
      }
      let trees = rules(written)
      #expect(trees.count == accepted.count)
      let understood = Self.file(trees.map { Rendering.expression($0.condition) })
      #expect(refusal(of: understood) == nil)
      let expected = try #require(try matches(compiled(written), Self.item))
      let found = try #require(try matches(compiled(understood), Self.item))
      for index in accepted.indices
      where expected.contains("r\(index)") != found.contains("r\(index)") {
        Issue.record("\(accepted[index]) is not \(Rendering.expression(trees[index].condition))")
      }
      compared += accepted.count
    }
    // libyara refuses divisions by a constant zero and overflows, and little else.
    #expect(compared * 5 > conditions.count * 4)
  }

  /// A file with one rule per line.
  private static func file(_ conditions: [String]) -> [UInt8] {
    Array(
      conditions.enumerated().map { "rule r\($0) { condition: \($1) }" }.joined(separator: "\n")
        .utf8)
  }

  /// Lines that do not compile; nil if all do.
  private static func lines(refusedIn text: [UInt8]) -> Set<Int>? {
    do throws(YaraError) {
      _ = try compiled(text)
      return nil
    } catch {
      return Set(error.diagnostics.map(\.line))
    }
  }
}

extension Array {
  /// Pieces of at most `count` elements.
  fileprivate func chunks(of count: Int) -> [[Element]] {
    stride(from: 0, to: self.count, by: count).map {
      Array(self[$0..<Swift.min($0 + count, self.count)])
    }
  }
}

/// Conditions without parentheses around operators.
struct RandomExpressions {
  private var random: SeededGenerator

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  mutating func integer(_ most: Int) -> Int { random.number(0...most) }

  mutating func comparison() -> String { random.pick(["==", "!=", "<", "<=", ">", ">="]) }

  mutating func number() -> String {
    var text = operand()
    for _ in 0..<random.number(1...7) {
      text += " " + random.pick(["|", "^", "&", "<<", ">>", "+", "-", "*", "\\", "%"]) + " "
      text += operand()
    }
    return text
  }

  private mutating func operand() -> String {
    let prefix = random.pick(["", "", "", "", "", "-", "~", "- ", "~-", "-~"])
    return prefix
      + random.pick([
        "filesize", "uint8(0)", "uint8(\(random.number(0...9)))", "ext_i",
        "\(random.number(1...9))", "\(random.number(1...9))", "0x1\(random.number(0...9))",
        "0o1\(random.number(0...7))", "int16(\(random.number(0...9)))", "uint8(8 - 1)",
      ])
  }

  mutating func term() -> String {
    switch random.number(0...9) {
    case 0: random.pick(["true", "false"])
    case 1: "uint8(1000) == 1"
    case 2: operand()
    case 3: "ext_s \(random.pick(["contains", "icontains", "startswith", "endswith"])) \"hello\""
    case 4: "ext_s matches /w.rld/"
    case 5: "ext_b"
    case 6: "uint8(1000)"
    case 7: "for any i in (1..3) : (i == \(random.number(1...4)))"
    default: "\(number()) \(comparison()) \(number())"
    }
  }

  mutating func truthValue() -> String {
    var text = prefixed()
    for _ in 0..<random.number(0...6) { text += random.pick([" and ", " or "]) + prefixed() }
    return text
  }

  private mutating func prefixed() -> String {
    random.pick(["", "", "", "not ", "defined ", "not defined ", "not not ", "defined not "])
      + term()
  }
}
