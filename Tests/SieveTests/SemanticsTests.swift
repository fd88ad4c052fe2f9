import Sieve
import TestSupport
import Testing
import Yara

/// The cases that one would judge otherwise, each through the sieve.
@Suite struct SemanticsTests {
  @Test(arguments: SemanticsCase.all)
  func whatLibyaraReportsIsNotLost(_ semantics: SemanticsCase) throws {
    let expected = Library.semantics == .v45 ? semantics.answerOf45 : semantics.expected
    guard expected != .syntaxError else { return }
    let item = try semantics.itemBytes()
    var sifted = try Sifted(semantics.source, externals: ["ext_s": .string("")])
    let isSound = sifted.isSound(item)
    #expect(isSound)
    let whole = sifted.verdict(item)
    for size in [1, 100] where item.count < 10_000 {
      let verdict = sifted.verdict(item, pieces: size)
      #expect(verdict == whole, "in pieces of \(size)")
    }
    if expected == .failure { #expect(!whole.isExcluded) }
    if case .matches(let names, let console, _) = expected,
      !names.isEmpty || !console.isEmpty
    {
      #expect(!whole.isExcluded)
    }
  }

  /// The sieve must exclude some of the items that do not match.
  @Test func whatCannotMatchIsExcluded() throws {
    var sifted = try Sifted("rule r { condition: not (uint32(100) == 1) }")
    let verdict = sifted.verdict("hello world")
    #expect(verdict == .excludedByGate)
    var other = try Sifted(#"rule r { strings: $a = "absent" condition: 2 of ($a, $a) }"#)
    let second = other.verdict("hello world")
    #expect(second == .excludedBySieve)
  }
}
