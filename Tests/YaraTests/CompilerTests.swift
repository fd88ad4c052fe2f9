import TestSupport
import Testing
import Yara

@Suite struct CompilerTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  @Test func aTextCompiles() throws {
    let rules = try rules("rule a { condition: true } rule b { condition: false }")
    #expect(rules.rules.map(\.identifier) == ["a", "b"])
    #expect(rules.count == 2)
  }

  @Test func noTextAtAllGivesNoRules() throws {
    let rules = try Compiler().rules()
    #expect(rules.count == 0)
    #expect(rules.rules == [])
    var scanner = try Scanner(rules)
    #expect(try scanner.scan("anything").matches == [])
  }

  @Test func bytesNeedNotBeUTF8() throws {
    var compiler = try Compiler()
    var text = Array(#"rule a { strings: $a = ""#.utf8)
    text += [0xE9, 0xFF]
    text += Array(#"" condition: $a }"#.utf8)
    try compiler.add(text: text)
    var scanner = try Scanner(compiler.rules())
    #expect(try scanner.scan([0x20, 0xE9, 0xFF]).matches.first?.strings.first?.offset == 1)
    #expect(try scanner.scan("é").matches == [])
  }

  @Test func aFileCompiles() throws {
    let path = try folder.write("rule from_file { condition: true }", to: "rules.yar")
    var compiler = try Compiler()
    try compiler.add(file: path)
    let compiled = try compiler.rules()
    #expect(compiled.rules.map(\.identifier) == ["from_file"])
  }

  @Test func aMissingFileIsNamed() throws {
    let path = folder.path + "/none.yar"
    let error = #expect(throws: YaraError.self) {
      var compiler = try Compiler()
      try compiler.add(file: path)
    }
    #expect(error?.code == .couldNotOpenFile)
    #expect(error?.message.contains(path) == true)
    #expect(error?.message.contains("No such file or directory") == true)
  }

  @Test func aDirectoryIsNotARuleFile() throws {
    let error = #expect(throws: YaraError.self) {
      var compiler = try Compiler()
      try compiler.add(file: folder.path)
    }
    #expect(error?.message.contains(folder.path) == true)
  }

  @Test func severalTextsMakeOneSetOfRules() throws {
    var compiler = try Compiler()
    try compiler.add(text: "rule a { condition: true }")
    try compiler.add(text: "rule b { condition: a }")
    var scanner = try Scanner(compiler.rules())
    #expect(try scanner.scan("x").names == ["a", "b"])
  }

  @Test func theNamespaceIsDefaultUnlessGiven() throws {
    var compiler = try Compiler()
    try compiler.add(text: "rule a { condition: true }")
    try compiler.add(text: "rule b { condition: true }", namespace: "mine")
    let compiled = try compiler.rules()
    #expect(compiled.rules.map(\.namespace) == ["default", "mine"])
  }

  @Test func theSameNameMayBeInTwoNamespaces() throws {
    var compiler = try Compiler()
    try compiler.add(text: "rule a { condition: true }", namespace: "one")
    try compiler.add(text: "rule a { condition: filesize == 1 }", namespace: "two")
    var scanner = try Scanner(compiler.rules())
    #expect(try scanner.scan("x").matches.map(\.rule.namespace) == ["one", "two"])
    #expect(try scanner.scan("xy").matches.map(\.rule.namespace) == ["one"])
  }

  @Test func aGlobalRuleRulesItsNamespaceOnly() throws {
    var compiler = try Compiler()
    try compiler.add(
      text: "global rule g { condition: filesize > 5 } rule a { condition: true }",
      namespace: "one")
    try compiler.add(text: "rule a { condition: true }", namespace: "two")
    var scanner = try Scanner(compiler.rules())
    #expect(try scanner.scan("x").matches.map(\.rule.namespace) == ["two"])
    #expect(try scanner.scan("longer").matches.map(\.rule.namespace) == ["one", "one", "two"])
  }

  @Test(arguments: ["rule a { condition: true }\0", "\0", "rule a { condition: \0 true }"])
  func aNULInATextIsAnError(text: String) throws {
    let error = #expect(throws: YaraError.self) {
      var compiler = try Compiler()
      try compiler.add(text: text)
    }
    #expect(error?.code == .syntaxError)
    #expect(error?.message.contains("NUL") == true)
  }

  /// libyara aborts the process if it is used again after an error.
  @Test func noTextIsTakenAfterAnError() throws {
    var compiler = try failedCompiler()
    var code: YaraError.Code?
    do throws(YaraError) { try compiler.add(text: "rule a { condition: true }") } catch {
      code = error.code
    }
    #expect(code == .syntaxError)
    let count = compiler.diagnostics.count
    #expect(count == 1)
  }

  @Test func noFileIsTakenAfterAnError() throws {
    let path = try folder.write("rule from_file { condition: true }", to: "rules.yar")
    var compiler = try failedCompiler()
    var code: YaraError.Code?
    do throws(YaraError) { try compiler.add(file: path) } catch { code = error.code }
    #expect(code == .syntaxError)
  }

  @Test func noRulesAreMadeAfterAnError() throws {
    let compiler = try failedCompiler()
    var code: YaraError.Code?
    do throws(YaraError) { _ = try compiler.rules() } catch { code = error.code }
    #expect(code == .syntaxError)
  }

  private func failedCompiler() throws -> Compiler {
    var compiler = try Compiler()
    var code: YaraError.Code?
    do throws(YaraError) { try compiler.add(text: "rule broken {") } catch { code = error.code }
    #expect(code == .syntaxError)
    return compiler
  }

  @Test func aNULSpoilsNothing() throws {
    var compiler = try Compiler()
    var code: YaraError.Code?
    do throws(YaraError) { try compiler.add(text: "\0") } catch { code = error.code }
    #expect(code == .syntaxError)
    try compiler.add(text: "rule a { condition: true }")
    let compiled = try compiler.rules()
    #expect(compiled.count == 1)
  }
}
