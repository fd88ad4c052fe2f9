import Testing
import Yara

@Suite struct ExternalVariableTests {
  private static let all: [(ExternalValue, other: ExternalValue, condition: String)] = [
    (.integer(-5), .integer(6), "variable == -5"),
    (.integer(.max), .integer(.min), "variable == 9223372036854775807"),
    (.float(1.5), .float(2.5), "variable > 1.4 and variable < 1.6"),
    (.boolean(true), .boolean(false), "variable"),
    (.string("Käse"), .string("kaese"), "variable == \"K\\xc3\\xa4se\""),
  ]

  @Test(arguments: all)
  func aValueIsSeenByRules(value: ExternalValue, other: ExternalValue, condition: String) throws {
    let text = "rule a { condition: \(condition) }"
    var scanner = try Scanner(rules(text, externals: ["variable": value]))
    #expect(try scanner.scan("x").names == ["a"])
    var otherwise = try Scanner(rules(text, externals: ["variable": other]))
    #expect(try otherwise.scan("x").names == [])
  }

  @Test(arguments: all)
  func aScannerMayOverrideIt(value: ExternalValue, other: ExternalValue, condition: String) throws {
    let rules = try rules("rule a { condition: \(condition) }", externals: ["variable": other])
    var scanner = try Scanner(rules)
    var untouched = try Scanner(rules)
    #expect(try scanner.scan("x").names == [])
    try scanner.define("variable", as: value)
    #expect(try scanner.scan("x").names == ["a"])
    #expect(try scanner.scan("x").names == ["a"], "the value stays")
    #expect(try untouched.scan("x").names == [], "another scanner keeps its own")
    try scanner.define("variable", as: other)
    #expect(try scanner.scan("x").names == [])
  }

  @Test(arguments: all)
  func aScannerCannotChangeItsType(value: ExternalValue, other: ExternalValue, condition: String)
    throws
  {
    let wrong: ExternalValue = if case .string = value { .integer(1) } else { .string("text") }
    let rules = try rules("rule a { condition: \(condition) }", externals: ["variable": value])
    let error = #expect(throws: YaraError.self) {
      var scanner = try Scanner(rules)
      try scanner.define("variable", as: wrong)
    }
    #expect(error?.code == .invalidExternalVariableType)
    #expect(error?.message.contains("variable") == true)
  }

  @Test func aScannerCannotDefineAnotherOne() throws {
    let rules = try rules("rule a { condition: true }")
    let error = #expect(throws: YaraError.self) {
      var scanner = try Scanner(rules)
      try scanner.define("unknown", as: .integer(1))
    }
    #expect(error?.code == .invalidArgument)
    #expect(error?.message.contains("unknown") == true)
  }

  @Test func aVariableIsDefinedOnce() throws {
    let error = #expect(throws: YaraError.self) {
      var compiler = try Compiler()
      try compiler.define("twice", as: .integer(1))
      try compiler.define("twice", as: .integer(1))
    }
    #expect(error?.code == .duplicatedExternalVariable)
    #expect(error?.message.contains("twice") == true)
  }

  @Test func aRuleThatComparesItWithAnotherTypeDoesNotCompile() throws {
    let error = #expect(throws: YaraError.self) {
      _ = try rules(
        "rule a { condition: variable == 5 }", externals: ["variable": .string("5")])
    }
    #expect(error?.code == .syntaxError)
    #expect(error?.diagnostics.first?.rule == "a")
  }

  @Test func aVariableThatIsNotDefinedDoesNotCompile() throws {
    let error = #expect(throws: YaraError.self) { _ = try rules("rule a { condition: nowhere }") }
    #expect(error?.diagnostics.first?.message.contains("nowhere") == true)
  }

  /// A C string would end there: the rule would see a different value.
  @Test func aNULIsRefused() throws {
    let rules = try rules(
      "rule a { condition: variable == \"a\" }", externals: ["variable": .string("b")])
    let errors = [
      #expect(throws: YaraError.self) {
        var compiler = try Compiler()
        try compiler.define("variable", as: .string("a\0b"))
      },
      #expect(throws: YaraError.self) {
        var compiler = try Compiler()
        try compiler.define("vari\0able", as: .integer(1))
      },
      #expect(throws: YaraError.self) {
        var scanner = try Scanner(rules)
        try scanner.define("variable", as: .string("a\0b"))
      },
    ]
    #expect(errors.map { $0?.code } == [.invalidArgument, .invalidArgument, .invalidArgument])
  }
}
