import Foundation
import TestSupport
import Testing
import Yara

@testable import Sieve

/// Rules of the shapes that keep most items in public rule sets: how much the prefilter excludes for each, counted,
/// not timed.
@Suite struct ShapeTests {
  private static let path = Fixtures.package + "/Tests/Rules/shapes.yar"

  /// Of so many items, the most that may be left for all rules of a shape together, by literals and then by whole
  /// strings. Each shape has eight rules, and there are 48 items.
  private static let mostLeft: [String: Int] = [
    "alternatives_behind_a_common_literal": 0, "alternatives_behind_a_class": 0,
    "pairs_of_bytes": 0, "masked_code": 0, "run_of_zeros": 0, "tag_in_first_bytes": 0,
    "tag_at_the_end": 0, "tags_of_a_set_in_a_range": 0, "magic_at_a_place": 0, "encoded_text": 0,
    "xored_text": 0, "short_in_a_small_item": 0, "class_with_a_word": 0, "class_without_atom": 0,
    "long_jump": 0,
    // Of the items with the header, libyara evaluates the fields.
    "header_or_strings": 96, "field_of_a_header": 96,
    "function_of_first_page_and_size": 0, "constant_external": 0,
  ]

  /// Items like those of a disk: text, machine code by the frequency of its bytes, zeros, with and without a header.
  private static let items: [[UInt8]] = {
    var random = SeededGenerator(seed: 18)
    let code: [UInt8] = [0, 0, 0, 0x48, 0x8B, 0x89, 0xE8, 0x0F, 0x24, 0x83, 0xC0, 0xFF, 0x01, 0xC7]
    let words = [
      "the", "error", "http", "windows", "malloc", "return", "example", "://", "\n", "2026",
    ]
    return (0..<48).map { number in
      var item: [UInt8] = []
      switch number % 4 {
      case 0: item = SemanticsCase.minimalExecutable
      case 1: item = [0x7F, 0x45, 0x4C, 0x46, 2, 1]
      default: break
      }
      let size = [500, 1500, 9000, 70_000][number / 4 % 4]
      while item.count < size {
        switch (number % 3, random.number(0...9)) {
        case (0, _): item += Array(random.pick(words).utf8) + [0x20]
        case (_, 0): item += [UInt8](repeating: 0, count: random.number(1...200))
        case (_, 1): item += (0..<8).map { _ in UInt8(random.number(0...255)) }
        default: item += (0..<16).map { _ in random.pick(code) }
        }
      }
      return item
    }
  }()

  @Test func thePrefilterExcludesItemsForEveryShape() throws {
    var compiler = try Compiler(includes: .disabled)
    try compiler.define("filename", as: .string("report.txt"))
    try compiler.add(text: String(contentsOfFile: Self.path, encoding: .utf8))
    let texts = compiler.texts
    let rules = try compiler.rules()
    let sieve = try #require(
      Sieve(rules, texts: texts, externals: ["filename": .string("report.txt")]))
    let names = rules.rules.map(\.identifier)
    var left: [String: Int] = [:]
    for item in Self.items {
      for rule in self.left(of: item, sieve) {
        left[shape(names[Int(rule)]), default: 0] += 1
      }
    }
    #expect(Set(names.map(shape)) == Set(Self.mostLeft.keys))
    for (shape, most) in Self.mostLeft { #expect(left[shape, default: 0] <= most, "\(shape)") }
  }

  private func shape(_ name: String) -> String { String(name.prefix { !$0.isNumber }.dropLast()) }

  /// The rules that are left for an item when whole strings were searched, too.
  private func left(of item: [UInt8], _ sieve: Sieve) -> [Int32] {
    var session = sieve.session()
    let bytes = item.span.bytes
    let head = bytes.extracting(first: min(SieveSession.headSize, item.count))
    var verdict = session.begin(size: UInt64(item.count), head: head)
    while verdict == nil || verdict == .searchAgain {
      session.search(bytes)
      verdict = session.verdict()
    }
    _ = session.narrowAtOnce(verdict!, bytes, by: sieve)
    return session.survivors ?? []
  }

  @Test func theRulesAreThoseOfTheScript() throws {
    let printed = try Subprocess.run(Fixtures.package + "/scripts/rule-shapes", [])
    #expect(printed.status == 0)
    #expect(try printed.text == String(contentsOfFile: Self.path, encoding: .utf8))
  }
}
