import TestSupport
import Testing
import Yara

@Suite struct CompiledRulesTests {
  private static let text = """
    import "pe"
    rule executable { condition: pe.is_pe }
    rule variable { condition: number == 7 }
    rule words : tag {
      meta: key = "value"
      strings: $a = "hello" $b = /wor[lk]d?/ $c = { 41 41 41 [0-300] 42 42 42 }
      condition: $a and $b and not $c
    }
    """
  private let folder: TemporaryDirectory
  private let original: Rules

  init() throws {
    folder = try TemporaryDirectory()
    original = try rules(Self.text, externals: ["number": .integer(7)])
  }

  /// Results of a set of rules on a few texts.
  private func behaviour(_ rules: Rules) throws -> [ScanResult] {
    var scanner = try Scanner(rules)
    return try ["hello world", "hello", "", "work hello"].map { text in try scanner.scan(text) }
  }

  @Test func whatIsSavedLoads() throws {
    let path = folder.path + "/rules.yac"
    try original.save(compiledFile: path)
    let loaded = try Rules(compiledFile: path)
    #expect(loaded.rules == original.rules)
    #expect(try behaviour(loaded) == behaviour(original))
    #expect(try behaviour(loaded).map(\.names).first == ["variable", "words"])
  }

  @Test func whatIsSerializedLoads() throws {
    let bytes = try original.serialized()
    let loaded = try Rules(serialized: bytes)
    #expect(loaded.rules == original.rules)
    #expect(try behaviour(loaded) == behaviour(original))
    #expect(try loaded.serialized() == bytes, "loading and serializing changes nothing")
    #expect(try original.serialized() == bytes, "serializing changes nothing")
  }

  @Test func bothFormsAreTheSameBytes() throws {
    let path = folder.path + "/rules.yac"
    try original.save(compiledFile: path)
    #expect(try bytes(of: path) == original.serialized())
  }

  @Test func aSavedFileReplacesALongerOne() throws {
    let path = try folder.write([UInt8](repeating: 0x41, count: 1 << 20), to: "rules.yac")
    try original.save(compiledFile: path)
    #expect(try bytes(of: path) == original.serialized())
  }

  @Test func yaraReadsWhatIsSaved() throws {
    try original.save(compiledFile: folder.path + "/rules.yac")
    try folder.write("hello world", to: "item")
    let yara = try Subprocess.run("yara", ["-C", "rules.yac", "item"], in: folder.path)
    #expect(yara.status == 0, "\(yara.errors)")
    #expect(yara.lines == ["variable item", "words item"])
  }

  @Test func whatYaracMakesLoads() throws {
    try folder.write(Self.text, to: "rules.yar")
    let yarac = try Subprocess.run(
      "yarac", ["-d", "number=7", "rules.yar", "rules.yac"], in: folder.path)
    #expect(yarac.status == 0, "\(yarac.errors)")
    let loaded = try Rules(compiledFile: folder.path + "/rules.yac")
    #expect(loaded.rules == original.rules)
    #expect(try behaviour(loaded) == behaviour(original))
  }

  @Test func anExternalVariableOfLoadedRulesCanBeOverridden() throws {
    var scanner = try Scanner(Rules(serialized: original.serialized()))
    try scanner.define("number", as: .integer(8))
    #expect(try scanner.scan("x").names == [])
    try scanner.define("number", as: .integer(7))
    #expect(try scanner.scan("x").names == ["variable"])
  }

  @Test func noBytesAreNoRules() throws {
    let error = #expect(throws: YaraError.self) { _ = try Rules(serialized: []) }
    #expect(error?.code == .invalidFile)
    let path = try folder.write("", to: "empty.yac")
    let fileError = #expect(throws: YaraError.self) { _ = try Rules(compiledFile: path) }
    #expect(fileError?.code == .invalidFile)
    #expect(fileError?.message.contains(path) == true)
  }

  @Test func aTextIsNoCompiledFile() throws {
    let path = try folder.write("rule a { condition: true }", to: "rules.yar")
    let error = #expect(throws: YaraError.self) { _ = try Rules(compiledFile: path) }
    #expect(error?.code == .invalidFile)
    #expect(error?.message.contains(path) == true)
  }

  @Test func aMissingFileIsNamed() throws {
    let path = folder.path + "/none.yac"
    let error = #expect(throws: YaraError.self) { _ = try Rules(compiledFile: path) }
    #expect(error?.code == .couldNotOpenFile)
    #expect(error?.message.contains(path) == true)
  }

  @Test func anotherVersionIsRefused() throws {
    var bytes = try original.serialized()
    bytes[4] &+= 1
    let error = #expect(throws: YaraError.self) { _ = try Rules(serialized: bytes) }
    #expect(error?.code == .unsupportedFileVersion)
  }

  @Test(arguments: [0, 1, 2, 3])
  func damagedMagicIsRefused(index: Int) throws {
    var bytes = try original.serialized()
    bytes[index] ^= 0x20
    let error = #expect(throws: YaraError.self) { _ = try Rules(serialized: bytes) }
    #expect(error?.code == .invalidFile)
  }

  @Test func aTableOfBuffersThatReachesTooFarIsRefused() throws {
    var bytes = try original.serialized()
    bytes[17] = 0x7F
    let error = #expect(throws: YaraError.self) { _ = try Rules(serialized: bytes) }
    #expect([.corruptFile, .invalidFile].contains(error?.code))
  }

  @Test func truncatedBytesAreRefused() throws {
    let bytes = try original.serialized()
    for count in 0..<bytes.count {
      let error = #expect(throws: YaraError.self, "the first \(count) of \(bytes.count) bytes") {
        _ = try Rules(serialized: Array(bytes.prefix(count)))
      }
      #expect(
        error?.code == .invalidFile || error?.code == .corruptFile,
        "the first \(count) of \(bytes.count) bytes")
    }
  }

  /// A truncation within the code of the last rule cannot always be detected; see `CompiledData`.
  @Test func truncatedFilesOfManyRulesAreRefused() throws {
    let text = (0..<50).map { index in
      """
      rule r\(index) : tag { meta: a = "b" strings: $a = "text\(index)" $b = /[ab]c\(index)/ nocase
        condition: any of them }
      """
    }
    let bytes = try rules(text.joined(separator: "\n")).serialized()
    #expect(try Rules(serialized: bytes).count == 50)
    for count in stride(from: bytes.count - 8, through: bytes.count - 8000, by: -8) {
      let error = #expect(throws: YaraError.self, "\(count) of \(bytes.count) bytes") {
        _ = try Rules(serialized: Array(bytes.prefix(count)))
      }
      #expect(error?.code == .corruptFile)
    }
  }

  @Test func aTruncatedFileIsRefused() throws {
    let bytes = try original.serialized()
    let path = try folder.write(Array(bytes.dropLast(8)), to: "short.yac")
    let error = #expect(throws: YaraError.self) { _ = try Rules(compiledFile: path) }
    #expect(error?.code == .corruptFile)
    #expect(error?.message.contains(path) == true)
  }

  @Test func savingWaitsForTheScannersToGo() throws {
    do {
      var scanner = try Scanner(original)
      let error = #expect(throws: YaraError.self) { _ = try original.serialized() }
      #expect(error?.message.contains("scanner") == true)
      #expect(throws: YaraError.self) {
        try original.save(compiledFile: folder.path + "/rules.yac")
      }
      #expect(try scanner.scan("hello world").names == ["variable", "words"])
    }
    #expect(try original.serialized().isEmpty == false)
  }

  @Test func rulesThatCannotBeWrittenAreAnError() throws {
    let nowhere = folder.path + "/none/rules.yac"
    let error = #expect(throws: YaraError.self) { try original.save(compiledFile: nowhere) }
    #expect(error?.code == .couldNotOpenFile)
    #expect(error?.message.contains(nowhere) == true)
    #expect(error?.message.contains("No such file or directory") == true)
    let full = #expect(throws: YaraError.self) { try original.save(compiledFile: "/dev/full") }
    #expect(full?.code == .writingFile)
    #expect(full?.message.contains("No space left") == true)
  }
}
