import CTrawl
import Foundation
import TestSupport
import Testing

/// Engines and the compiler of rules.
@Suite struct LibraryEngineTests {
  private func compiler() throws -> OpaquePointer {
    var compiler: OpaquePointer?
    try Host.call { trawl_compiler_create(&compiler, $0) }
    return try #require(compiler)
  }

  @Test func errorsNameTheRuleAndTheLine() throws {
    let compiler = try compiler()
    defer { trawl_compiler_free(compiler) }
    let rules = "rule good { condition: true }\nrule bad { condition: nothing }"
    try Host.call {
      trawl_compiler_add_text(compiler, "mine", nil, rules, rules.utf8.count, $0)
    }
    var engine: OpaquePointer?
    var error: OpaquePointer?
    #expect(trawl_compiler_build(compiler, &engine, &error) == TRAWL_RULES_INVALID)
    #expect(engine == nil)
    var count = 0
    let diagnostic = try #require(trawl_error_diagnostics(error, &count)).pointee
    #expect(count == 1 && diagnostic.is_error == 1 && diagnostic.line == 2)
    #expect(String(cString: diagnostic.file.data) == "mine")
    #expect(String(cString: diagnostic.message.data).contains("nothing"))
    #expect(Host.message(error)?.contains("mine") == true)
  }

  @Test func variablesFilesAndNamespacesAreCompiled() throws {
    let folder = try TemporaryDirectory()
    _ = try folder.write("rule included { condition: true }", to: "other.yar")
    let file = try folder.write(
      "include \"other.yar\"\nrule file { condition: limit > 3 and name == \"x\" }", to: "a.yar")
    let compiler = try compiler()
    defer { trawl_compiler_free(compiler) }
    try Host.call { trawl_compiler_define_integer(compiler, "limit", 5, $0) }
    try Host.call { trawl_compiler_define_string(compiler, "name", "x", $0) }
    try Host.call { trawl_compiler_define_boolean(compiler, "flag", 1, $0) }
    try Host.call { trawl_compiler_define_float(compiler, "ratio", 0.5, $0) }
    try Host.call { trawl_compiler_add_file(compiler, file, "mine", $0) }
    var engine: OpaquePointer?
    try Host.call { trawl_compiler_build(compiler, &engine, $0) }
    var count = 0
    let rules = UnsafeBufferPointer(start: trawl_engine_rules(engine, &count), count: 2)
    #expect(count == 2)
    #expect(rules.map { String(cString: $0.identifier.data) } == ["included", "file"])
    #expect(rules.map { String(cString: $0.name_space.data) } == ["mine", "mine"])
    trawl_engine_release(engine)

    trawl_compiler_disable_includes(compiler)
    let error = #expect(throws: Host.CallError.self) {
      try Host.call { trawl_compiler_build(compiler, &engine, $0) }
    }
    #expect(error.map { Int($0.status) } == TRAWL_RULES_INVALID)
    #expect(throws: Host.CallError.self) {
      try Host.call { trawl_compiler_add_file(compiler, file + "x", nil, $0) }
    }
  }

  @Test func savedRulesAreLoaded() throws {
    let folder = try TemporaryDirectory()
    let path = folder.path + "/rules.yac"
    let saved = try Host.needles()
    try Host.call { trawl_engine_save(saved, path, $0) }
    trawl_engine_release(saved)
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    var engine: OpaquePointer?
    try data.withUnsafeBytes { bytes in
      try Host.call {
        trawl_engine_create_compiled(bytes.baseAddress, bytes.count, &engine, $0)
      }
    }
    let scan = try Host.scan(try #require(engine))
    try Host.call { trawl_scan_add_memory(scan, "item", "needle", 6, nil, nil, $0) }
    let delivery = Delivery()
    try delivery.run(scan)
    #expect(delivery.matched == ["item"])
    #expect(throws: Host.CallError.self) {
      try Host.call { trawl_engine_create_compiled("nonsense", 8, &engine, $0) }
    }
  }

  @Test func metadataIsListed() throws {
    let engine = try Host.engine(
      #"rule r : a b { meta: n = 5 f = true t = "text" condition: true }"#)
    defer { trawl_engine_release(engine) }
    var count = 0
    let rule = try #require(trawl_engine_rules(engine, &count)).pointee
    #expect(rule.tag_count == 2 && rule.metadata_count == 3)
    #expect(rule.metadata[0].type == TRAWL_INTEGER && rule.metadata[0].integer == 5)
    #expect(rule.metadata[1].type == TRAWL_BOOLEAN && rule.metadata[1].integer == 1)
    #expect(rule.metadata[2].type == TRAWL_STRING)
    #expect(String(cString: rule.metadata[2].string.data) == "text")
  }

  @Test func anEngineLivesAsLongAsItIsUsed() throws {
    let engine = try Host.needles()
    let again = trawl_engine_retain(engine)
    #expect(again == engine)
    trawl_engine_release(engine)
    // This releases the last reference of ours; the scanner has its own.
    let scanner = try Host.scanner(try #require(again))
    defer { trawl_scanner_free(scanner) }
    var result: OpaquePointer?
    try Host.call { trawl_scanner_scan_memory(scanner, "text", "needle", 6, &result, $0) }
    #expect(trawl_result_outcome(result) == TRAWL_MATCHED)
    trawl_result_free(result)
  }

  @Test func nullsAndStrangeSizesAreErrors() throws {
    var error: OpaquePointer?
    #expect(trawl_compiler_create(nil, &error) == TRAWL_INVALID_ARGUMENT)
    #expect(Host.message(error) == "compiler is null")
    #expect(trawl_compiler_create(nil, nil) == TRAWL_INVALID_ARGUMENT)
    var options = Host.options
    options.struct_size = 8
    #expect(throws: Host.CallError.self) { try Host.scanner(Host.needles(), options) }
    options = Host.options
    options.unallocated = 7
    #expect(throws: Host.CallError.self) { try Host.scan(Host.needles(), options) }
    trawl_error_free(nil)
    trawl_engine_release(nil)
    trawl_scanner_free(nil)
    trawl_scan_free(nil)
    trawl_record_release(nil)
    trawl_result_free(nil)
    trawl_compiler_free(nil)
    #expect(trawl_error_message(nil) == nil && trawl_record_type(nil) == 0)
  }
}
