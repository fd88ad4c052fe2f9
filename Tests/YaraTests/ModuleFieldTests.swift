import TestSupport
import Testing
import Yara

@Suite struct ModuleFieldTests {
  private static let version = ModuleField(module: "pe", field: "version_info")
  private static let isPE = ModuleField(module: "pe", field: "is_pe")
  private static let sections = ModuleField(module: "pe", field: "sections")

  private func scanner(_ fields: [ModuleField], _ text: String = "import \"pe\"") throws -> Scanner
  {
    var options = Scanner.Options()
    options.moduleFields = fields
    return try Scanner(rules(text + " rule a { condition: false }"), options: options)
  }

  private func driver() throws -> [UInt8] {
    try bytes(of: Fixtures.positive("kaspersky_windows_driver_version_resource"))
  }

  @Test func aVersionResourceIsCopiedWhetherARuleMatchesOrNot() throws {
    var scanner = try scanner([Self.version])
    let result = try scanner.scan(driver())
    #expect(result.names == [])
    let version = try #require(result.moduleFields[Self.version])
    #expect(version["CompanyName"]?.text == "AO Kaspersky Lab")
    #expect(version["OriginalFilename"] == nil)
    #expect(version["FileVersion"]?.text?.isEmpty == false)
  }

  @Test func onlyWhatIsAskedForIsCopied() throws {
    var scanner = try scanner([])
    #expect(try scanner.scan(driver()).moduleFields == [:])
    scanner.options.moduleFields = [Self.isPE]
    #expect(try scanner.scan(driver()).moduleFields == [Self.isPE: .integer(1)])
  }

  @Test func aFieldDoesNotOutliveItsItem() throws {
    var scanner = try scanner([Self.version, Self.isPE])
    #expect(try scanner.scan(driver()).moduleFields.count == 2)
    let text = try scanner.scan("plain text").moduleFields
    #expect(text[Self.isPE] == .integer(0))
    #expect(text[Self.version] == nil || text[Self.version] == .dictionary([:]))
  }

  @Test func arraysOfStructuresAreCopied() throws {
    var scanner = try scanner([Self.sections])
    let fields = try scanner.scan(driver()).moduleFields
    guard case .array(let sections)? = fields[Self.sections] else {
      Issue.record("no array: \(fields)")
      return
    }
    #expect(sections.contains { $0?["name"]?.text == ".text" })
    #expect(sections.contains { $0?["name"]?.text == ".rsrc" })
  }

  @Test func whatNoRuleImportsHasNoFields() throws {
    var scanner = try scanner([Self.isPE], "import \"elf\"")
    #expect(try scanner.scan(driver()).moduleFields == [:])
  }

  @Test(arguments: [("pe", "nothing"), ("nothing", "is_pe"), ("pe", "is_dll"), ("", "")])
  func whatDoesNotExistIsLeftOut(module: String, field: String) throws {
    var scanner = try scanner([ModuleField(module: module, field: field)])
    #expect(try scanner.scan(driver()).moduleFields == [:])
  }

  @Test func anElfHeaderIsCopied() throws {
    let type = ModuleField(module: "elf", field: "type")
    let entry = ModuleField(module: "elf", field: "entry_point")
    var scanner = try scanner([type, entry], "import \"elf\"")
    let fields = try scanner.scan(bytes(of: "/bin/true")).moduleFields
    #expect(fields[type] == .integer(3), "ET_DYN")
    guard case .integer(let value)? = fields[entry] else {
      Issue.record("no entry point")
      return
    }
    #expect(value > 0)
  }
}
