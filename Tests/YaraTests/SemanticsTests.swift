import TestSupport
import Testing
import Yara

@Suite struct SemanticsTests {
  @Test func everyCaseIsThereOnce() { #expect(SemanticsCase.all.map(\.number) == Array(1...82)) }

  @Test(arguments: SemanticsCase.all)
  func libyaraAnswers(_ semantics: SemanticsCase) throws {
    let expected = Library.semantics == .v45 ? semantics.answerOf45 : semantics.expected
    let item = try semantics.itemBytes()
    guard expected != .syntaxError else {
      let error = #expect(throws: YaraError.self) { _ = try Self.serialized(semantics.source) }
      #expect(error?.code == .syntaxError)
      return
    }
    let rules = try rules(semantics.source, externals: ["ext_s": .string("")])
    var scanner = try Scanner(rules)
    #expect(outcome(&scanner, item) == expected)
    #expect(outcome(&scanner, item) == expected, "a reused scanner says the same")
    var loaded = try Scanner(Rules(serialized: Self.serialized(semantics.source)))
    #expect(outcome(&loaded, item) == expected, "loaded rules say the same")
  }

  private static func serialized(_ source: String) throws -> [UInt8] {
    try rules(source, externals: ["ext_s": .string("")]).serialized()
  }

  private func outcome(_ scanner: inout Scanner, _ item: [UInt8]) -> SemanticsCase.Outcome? {
    do throws(YaraError) {
      let result = try scanner.scan(item)
      return .matches(
        result.names, console: result.consoleLines, cut: result.cutStrings.map(\.identifier))
    } catch {
      return error.code == .internalFatalError ? .failure : nil
    }
  }
}
