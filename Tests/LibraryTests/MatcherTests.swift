import CTrawl
import Glibc
import TestSupport
import Testing

/// Matchers: libyara's answers as they are.
@Suite struct MatcherTests {
  /// An event, as far as the tests look at it.
  private struct Event: Equatable {
    var type: Int
    var rule: String?
    var text: String?
    var places: [String: [UInt64]] = [:]
  }

  private func matcher(_ rules: String, _ change: (inout trawl_match_options) -> Void = { _ in })
    throws -> OpaquePointer
  {
    let engine = try Host.engine(rules)
    defer { trawl_engine_release(engine) }
    var options = trawl_match_options()
    options.struct_size = MemoryLayout<trawl_match_options>.size
    options.memory_budget = 256 << 20
    change(&options)
    var matcher: OpaquePointer?
    try Host.call { trawl_matcher_create(engine, &options, &matcher, $0) }
    return try #require(matcher)
  }

  private func events(_ text: String, by matcher: OpaquePointer) throws -> [Event] {
    var matches: OpaquePointer?
    try Host.call { trawl_matcher_match_memory(matcher, text, text.utf8.count, &matches, $0) }
    defer { trawl_matches_free(matches) }
    var count = 0
    let start = trawl_matches_events(matches, &count)
    return UnsafeBufferPointer(start: start, count: count).map { event in
      var seen = Event(
        type: Int(event.type), rule: event.rule.map { String(cString: $0.pointee.identifier.data) },
        text: event.text.data.map { String(cString: $0) })
      for string in UnsafeBufferPointer(start: event.strings, count: event.string_count) {
        let instances = UnsafeBufferPointer(start: string.instances, count: string.instance_count)
        seen.places[String(cString: string.identifier.data), default: []] += instances.map(\.offset)
      }
      return seen
    }
  }

  private static let rules = #"""
    import "console"
    rule first : tag { meta: n = 7 strings: $a = "needle" $b = "hay" $ = "e" condition: $a and any of them }
    rule second { strings: $c = "needle" condition: $c and console.log("seen") and false }
    """#

  @Test func everyMatchOfEveryStringIsReported() throws {
    let matcher = try matcher(Self.rules)
    defer { trawl_matcher_free(matcher) }
    let seen = try events("hay needle hay", by: matcher)
    #expect(
      seen == [
        Event(type: 3, text: "seen"),
        Event(type: 1, rule: "first", places: ["$a": [4], "$b": [0, 11], "$": [5, 6, 9]]),
      ])
    #expect(try events("hay", by: matcher) == [])
  }

  @Test func rulesThatDoNotMatchHaveTheirTurn() throws {
    let matcher = try matcher(
      "rule a { condition: false } rule b { condition: true } rule c { condition: false }"
    ) {
      $0.reports_non_matching = 1
    }
    defer { trawl_matcher_free(matcher) }
    #expect(try events("x", by: matcher).map(\.type) == [2, 1, 2])
    #expect(try events("x", by: matcher).map(\.rule) == ["a", "b", "c"])
  }

  @Test func externalsHaveTheirNewValue() throws {
    var compiler: OpaquePointer?
    try Host.call { trawl_compiler_create(&compiler, $0) }
    defer { trawl_compiler_free(compiler) }
    try Host.call { trawl_compiler_define_integer(compiler, "limit", 0, $0) }
    let rules = #"rule r { strings: $a = "needle" condition: limit > 3 or $a }"#
    try Host.call { trawl_compiler_add_text(compiler, "t", nil, rules, rules.utf8.count, $0) }
    var engine: OpaquePointer?
    try Host.call { trawl_compiler_build(compiler, &engine, $0) }
    defer { trawl_engine_release(engine) }
    var created: OpaquePointer?
    try Host.call { trawl_matcher_create(engine, nil, &created, $0) }
    let matcher = try #require(created)
    defer { trawl_matcher_free(matcher) }
    #expect(try events("hay", by: matcher) == [])
    try Host.call { trawl_matcher_define_integer(matcher, "limit", 4, $0) }
    #expect(try events("hay", by: matcher).map(\.rule) == ["r"])
    let unknown = #expect(throws: Host.CallError.self) {
      try Host.call { trawl_matcher_define_integer(matcher, "other", 4, $0) }
    }
    #expect(unknown?.status == trawl_status(TRAWL_INVALID_ARGUMENT))
    let mistyped = #expect(throws: Host.CallError.self) {
      try Host.call { trawl_matcher_define_string(matcher, "limit", "4", $0) }
    }
    #expect(mistyped?.status == trawl_status(TRAWL_RULES_INVALID))
  }

  @Test func modulesReportTheirFields() throws {
    let matcher = try matcher(#"import "math" rule r { condition: math.MEAN_BYTES > 1.0 }"#) {
      $0.reports_modules = 1
    }
    defer { trawl_matcher_free(matcher) }
    var matches: OpaquePointer?
    try Host.call { trawl_matcher_match_memory(matcher, "x", 1, &matches, $0) }
    defer { trawl_matches_free(matches) }
    var count = 0
    let event = try #require(trawl_matches_events(matches, &count)).pointee
    #expect(count == 2 && event.type == Int32(TRAWL_MODULE_LOADED))
    #expect(String(cString: event.text.data) == "math")
    let fields = try #require(event.value).pointee
    #expect(fields.type == Int32(TRAWL_VALUE_STRUCTURE) && fields.member_count == 1)
    #expect(fields.members.pointee.number == 127.5)
  }

  @Test func failuresAreErrors() throws {
    let matcher = try matcher("rule r { condition: true }")
    defer { trawl_matcher_free(matcher) }
    let missing = #expect(throws: Host.CallError.self) {
      var matches: OpaquePointer?
      try Host.call { trawl_matcher_match_file(matcher, "/nonexistent", &matches, $0) }
    }
    #expect(missing?.status == trawl_status(TRAWL_FILE_UNREADABLE))
    trawl_matcher_cancel(matcher)
    let cancelled = #expect(throws: Host.CallError.self) { try events("x", by: matcher) }
    #expect(cancelled?.status == trawl_status(TRAWL_CANCELLED))
  }

  @Test func theHostProvidesIncludes() throws {
    var compiler: OpaquePointer?
    try Host.call { trawl_compiler_create(&compiler, $0) }
    defer { trawl_compiler_free(compiler) }
    let text = strdup("rule included { condition: true }")
    defer { free(text) }
    try Host.call { error in
      trawl_compiler_set_include(
        compiler,
        { name, text in
          String(cString: name!) == "other"
            ? text.map { UnsafePointer($0.assumingMemoryBound(to: CChar.self)) } : nil
        }, text, error)
    }
    let rules = "include \"other\" rule r { condition: included }"
    try Host.call { trawl_compiler_add_text(compiler, "t", nil, rules, rules.utf8.count, $0) }
    var engine: OpaquePointer?
    try Host.call { trawl_compiler_build(compiler, &engine, $0) }
    defer { trawl_engine_release(engine) }
    var count = 0
    _ = trawl_engine_rules(engine, &count)
    #expect(count == 2)
  }

  @Test func anEngineWithoutAPublicRuleHasToBeAllowed() throws {
    var compiler: OpaquePointer?
    try Host.call { trawl_compiler_create(&compiler, $0) }
    defer { trawl_compiler_free(compiler) }
    var engine: OpaquePointer?
    #expect(trawl_compiler_build(compiler, &engine, nil) == trawl_status(TRAWL_RULES_INVALID))
    trawl_compiler_allow_nothing(compiler)
    try Host.call { trawl_compiler_build(compiler, &engine, $0) }
    trawl_engine_release(engine)
  }
}
