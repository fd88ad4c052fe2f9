import Bytes
import Foundation
import SieveProof
import TestSupport
import Testing
import Yara
import YaraSyntax

@testable import Sieve

/// Plans as they are kept in the cache.
@Suite struct StoredPlanTests {
  private struct Compiled {
    let rules: Rules
    let texts: [RuleText]
  }

  private func compiled(_ text: String) throws -> Compiled {
    var compiler = try Compiler(includes: .disabled)
    try compiler.add(text: text)
    let texts = compiler.texts
    return Compiled(rules: try compiler.rules(), texts: texts)
  }

  private func stored(_ compiled: Compiled) -> StoredPlan {
    let semantics = Library.semantics!
    let binding = RuleBinding(
      compiled.rules, texts: compiled.texts, externals: [:], semantics: semantics)
    return StoredPlan(
      plan: SievePlan(binding.tables, rules: compiled.rules.rules), places: binding.places,
      imports: binding.imports)
  }

  private func read(_ bytes: [UInt8], _ compiled: Compiled) -> StoredPlan? {
    StoredPlan(
      bytes, ruleCount: compiled.rules.count, stringCount: compiled.rules.stringCount,
      texts: compiled.texts, semantics: Library.semantics!)
  }

  /// All that a plan holds, as text.
  private func description(of stored: StoredPlan) -> String {
    let (plan, tables) = (stored.plan, stored.plan.tables)
    return """
      \(plan.rules.map { "\($0)" }) \(plan.groups) \(plan.gates) \(plan.rulesOfLiteral) \(plan.rulesWithEffects)
      \(plan.looksAtPlaces) \(tables.nodes) \(tables.lists) \(tables.facts) \(tables.roots) \(tables.texts)
      \(tables.needs) \(tables.literals.literals) \(stored.places)
      """
  }

  private static let rules = """
    import "pe"
    import "math"
    global rule g { condition: filesize < 1MB }
    private rule p { strings: $a = "private" condition: $a }
    rule a { strings: $a = "needle" wide ascii nocase $b = { 41 4? [2-9] ( 42 43 44 | 45 46 47 ) }
      condition: $a or #b > 2 and p }
    rule b { strings: $a = /ab+[c-f]{2}ghi/ $b = "hello" xor(1-9) $c = "word" fullword
      condition: $a in (0..100) or $b at 7 or 50% of them or not defined @c[2] }
    rule c { condition: pe.version_info["CompanyName"] contains "Acme" or uint16be(-2) == 0x1234 }
    rule d { condition: for any i in (1..3) : (uint8(i) == 0x2A and math.entropy(0, 9) > 1.5) }
    rule e { strings: $x1 = "one" base64 $x2 = "two!" condition: for 1 of ($x*) : (# == 1) or any of (a*) }
    rule f { strings: $a = "ab" condition: any of them in (filesize-9..filesize) or -filesize \\ 2 < ~3 }
    """

  @Test func aPlanIsReadAsItWas() throws {
    let compiled = try compiled(Self.rules)
    let written = stored(compiled)
    let bytes = written.bytes
    let again = try #require(read(bytes, compiled))
    #expect(description(of: again) == description(of: written))
    #expect(again.places == written.places && !again.places.contains(nil))
    #expect(again.imports == ["default": ["math", "pe"]])
    let (one, other) = (written.plan.tables, again.plan.tables)
    #expect(one.nodes == other.nodes && one.lists == other.lists && one.facts == other.facts)
    #expect(one.literals.literals == other.literals.literals)
    #expect(one.needs.map(\.forms) == other.needs.map(\.forms))
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func plansOfRandomRulesAreReadAsTheyWere(seed: UInt64) throws {
    let set = try #require(try CompiledSet(RandomRuleSet(seed: seed)))
    let texts = (0...1).map { namespace in
      RuleText(namespace: "n\(namespace)", bytes: Array(set.set.text(of: namespace).utf8))
    }
    let compiled = Compiled(rules: set.rules, texts: texts)
    let written = stored(compiled)
    let again = try #require(read(written.bytes, compiled))
    #expect(description(of: again) == description(of: written))
  }

  @Test func ruleTextsAreReadFromTheirPlaces() throws {
    let compiled = try compiled("/* before */ " + Self.rules)
    let sources = RuleSources(stored(compiled).places, texts: compiled.texts)
    for (index, rule) in compiled.rules.rules.enumerated() {
      #expect(try #require(sources[index]).rule.identifier == rule.identifier)
    }
    #expect(sources[0]?.parts == ["filesize < 1MB"])
    #expect(sources.context(of: 0)?.offset == 13 + 26)
  }

  /// A damaged plan is refused, or is a plan whose numbers are all in range: evaluating it does no harm.
  @Test func damagedPlansDoNoHarm() throws {
    let compiled = try compiled(Self.rules)
    let bytes = stored(compiled).bytes
    for count in 0..<bytes.count { #expect(read(Array(bytes.prefix(count)), compiled) == nil) }
    #expect(read(bytes + [0], compiled) == nil)
    var random = SeededGenerator(seed: 18)
    var refused = 0
    let item = Array("MZ needle hello word ab".utf8)
    for _ in 0..<2000 {
      var damaged = bytes
      for _ in 0..<random.number(1...3) {
        damaged[random.number(0...bytes.count - 1)] = UInt8(random.number(0...255))
      }
      guard let plan = read(damaged, compiled)?.plan else {
        refused += 1
        continue
      }
      var evaluator = Evaluator(plan.tables)
      item.withUnsafeBytes { bytes in
        evaluator.view = ItemView(
          size: IntegerSet(Int64(bytes.count)), head: bytes, knowledge: .none)
        evaluator.begin()
        for rule in plan.rules.indices { _ = evaluator.rule(Int32(rule)) }
      }
    }
    #expect(refused > 200 && refused < 2000)
  }

  /// A file that names a node in itself, or a later one, would be evaluated without end.
  @Test func circlesAreRefused() throws {
    let compiled = try compiled("rule a { condition: not (filesize > 5) }")
    let bytes = stored(compiled).bytes
    var refused = 0
    for place in bytes.indices {
      for value in 0...4 as ClosedRange<UInt8> {
        var damaged = bytes
        damaged[place] = value
        guard let plan = read(damaged, compiled)?.plan else {
          refused += 1
          continue
        }
        var evaluator = Evaluator(plan.tables)
        evaluator.begin()
        _ = evaluator.rule(0)
      }
    }
    #expect(refused > 10)
  }

  // MARK: The cache

  private func entries(of folder: TemporaryDirectory) throws -> [String: Data] {
    let path = folder.path + "/cache"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return try Dictionary(
      uniqueKeysWithValues: names.map {
        ($0, try Data(contentsOf: URL(fileURLWithPath: path + "/" + $0)))
      })
  }

  @Test func aPlanServesTheSameTextsOnly() throws {
    let folder = try TemporaryDirectory()
    let cache = CacheDirectory(RawPath(Array((folder.path + "/cache").utf8)))
    // Large enough to be kept.
    let filler = "/*" + String(repeating: " ", count: 300 << 10) + "*/"
    let text = filler + #"rule r { strings: $a = "needle" condition: $a }"#
    let one = try compiled(text)
    func excludes(_ compiled: Compiled, _ item: String, _ externals: [String: ExternalValue] = [:])
      -> Bool
    {
      let sieve = Sieve(compiled.rules, texts: compiled.texts, externals: externals, cache: cache)
      var session = sieve!.session()
      let bytes = Array(item.utf8)
      if let verdict = session.begin(size: UInt64(bytes.count), head: bytes.span.bytes) {
        return verdict.isExcluded
      }
      session.search(bytes.span.bytes)
      return session.verdict().isExcluded
    }
    #expect(!excludes(one, "a needle") && excludes(one, "nothing"))
    let first = try entries(of: folder)
    #expect(first.count == 1)
    #expect(!excludes(one, "a needle") && excludes(one, "nothing"))
    #expect(try entries(of: folder) == first)
    // Another text, or another variable, has a plan of its own.
    let other = try compiled(text.replacing("needle", with: "noodle"))
    #expect(excludes(other, "a needle") && !excludes(other, "a noodle"))
    #expect(try entries(of: folder).count == 2)
    #expect(!excludes(one, "a needle", ["x": .integer(1)]))
    #expect(try entries(of: folder).count == 3)
    // A damaged entry is made again.
    let name = try #require(first.keys.first)
    try Data("damaged".utf8).write(to: URL(fileURLWithPath: folder.path + "/cache/" + name))
    #expect(!excludes(one, "a needle") && excludes(one, "nothing"))
    #expect(try entries(of: folder)[name] == first[name])
  }

  @Test func aBuildHasAFile() throws {
    let library = try #require(ObjectFile(defining: "yr_initialize"))
    #expect(library.description.contains("libyara"))
    #expect(ObjectFile(holding: #dsohandle) != library)
    #expect(ObjectFile(defining: "no such symbol") == nil)
  }
}
