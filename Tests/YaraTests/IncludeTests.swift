import Locks
import TestSupport
import Testing
import Yara

@Suite struct IncludeTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  @Test func aFileIncludesAnotherBesideIt() throws {
    try folder.write("rule inner { condition: true }", to: "sub/inner.yar")
    let path = try folder.write(
      "include \"sub/inner.yar\"\nrule outer { condition: inner }", to: "outer.yar")
    var compiler = try Compiler()
    try compiler.add(file: path)
    let compiled = try compiler.rules()
    #expect(compiled.rules.map(\.identifier) == ["inner", "outer"])
  }

  @Test func aMissingIncludeIsAnErrorWithItsLine() throws {
    let path = try folder.write("\n\ninclude \"none.yar\"\n", to: "outer.yar")
    let error = #expect(throws: YaraError.self) {
      var compiler = try Compiler()
      try compiler.add(file: path)
    }
    #expect(error?.code == .syntaxError)
    let diagnostic = try #require(error?.diagnostics.first)
    #expect(diagnostic.line == 3)
    #expect(diagnostic.file == path)
    #expect(diagnostic.message.contains("none.yar"))
  }

  @Test func anErrorWithinAnIncludedFileNamesThatFile() throws {
    let inner = try folder.write("rule inner {\n condition: nothing }", to: "inner.yar")
    let path = try folder.write("include \"inner.yar\"", to: "outer.yar")
    let error = #expect(throws: YaraError.self) {
      var compiler = try Compiler()
      try compiler.add(file: path)
    }
    let diagnostic = try #require(error?.diagnostics.first)
    #expect(diagnostic.file == inner)
    #expect(diagnostic.line == 2)
  }

  @Test func anIncludeIsAnErrorWhenDisabled() throws {
    try folder.write("rule inner { condition: true }", to: "inner.yar")
    let path = try folder.write("include \"inner.yar\"", to: "outer.yar")
    let error = #expect(throws: YaraError.self) {
      var compiler = try Compiler(includes: .disabled)
      try compiler.add(file: path)
    }
    #expect(error?.code == .syntaxError)
    #expect(error?.diagnostics.first?.message.contains("include") == true)
  }

  @Test func aFunctionProvidesTheText() throws {
    let asked = Locked<[String]>([])
    var compiler = try Compiler(
      includes: .provided { name in
        asked.withLock { $0.append(name) }
        return switch name {
        case "outer": Array("include \"inner\" rule outer { condition: inner }".utf8)
        case "inner": Array("rule inner { condition: true }".utf8)
        default: nil
        }
      })
    try compiler.add(text: "include \"outer\"\nrule a { condition: outer }")
    let compiled = try compiler.rules()
    #expect(compiled.rules.map(\.identifier) == ["inner", "outer", "a"])
    #expect(asked.withLock { $0 } == ["outer", "inner"])
  }

  @Test func anEmptyTextMayBeProvided() throws {
    var compiler = try Compiler(includes: .provided { _ in [] })
    try compiler.add(text: "include \"nothing\"\nrule a { condition: true }")
    let compiled = try compiler.rules()
    #expect(compiled.count == 1)
  }

  @Test(arguments: [nil, [UInt8(0)]])
  func whatTheFunctionDoesNotHaveIsAnError(text: [UInt8]?) throws {
    let error = #expect(throws: YaraError.self) {
      var compiler = try Compiler(includes: .provided { _ in text })
      try compiler.add(text: "rule a { condition: true }\ninclude \"elsewhere\"")
    }
    #expect(error?.code == .syntaxError)
    #expect(error?.diagnostics.first?.line == 2)
    #expect(error?.diagnostics.first?.message.contains("elsewhere") == true)
  }

  @Test func aFileThatIncludesItselfIsAnError() throws {
    let path = try folder.write("include \"self.yar\"", to: "self.yar")
    let error = #expect(throws: YaraError.self) {
      var compiler = try Compiler()
      try compiler.add(file: path)
    }
    #expect(error?.code == .syntaxError)
    #expect(error?.diagnostics.isEmpty == false)
  }
}
