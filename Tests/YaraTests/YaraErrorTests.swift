import TestSupport
import Testing
import Yara

@Suite struct YaraErrorTests {
  @Test func anErrorIsCaughtByItsCode() {
    do { _ = try Rules(serialized: []) } catch YaraError.Code.invalidFile { return } catch {
      Issue.record("\(error)")
    }
    Issue.record("not caught")
  }

  @Test func aDescriptionHasWordsAndNumber() {
    #expect("\(YaraError.Code.scanTimeout)" == "scan timed out (error 26)")
    #expect("\(YaraError.Code(rawValue: 999))" == "libyara failed (error 999)")
  }

  @Test(arguments: [
    YaraError.Code.insufficientMemory, .couldNotOpenFile, .couldNotMapFile, .invalidFile,
    .corruptFile, .unsupportedFileVersion, .syntaxError, .invalidArgument, .scanTimeout,
    .tooManyMatches, .internalFatalError, .invalidExternalVariableType,
    .duplicatedExternalVariable, .couldNotReadFile, .writingFile,
  ])
  func everyNamedCodeHasWordsOfItsOwn(code: YaraError.Code) {
    #expect(!"\(code)".hasPrefix("libyara failed"))
    #expect("\(code)".hasSuffix("(error \(code.rawValue))"))
  }

  @Test func aNamedErrorKeepsCodeAndDiagnostics() {
    let error = #expect(throws: YaraError.self) { _ = try rules("rule a {\n condition: b }") }
    let named = error?.named("rules.yar")
    #expect(named?.code == .syntaxError)
    #expect(named?.message == "rules.yar: rule text does not compile")
    #expect(named?.diagnostics.map(\.file) == ["rules.yar"])
    #expect(named?.diagnostics.map(\.line) == [2])
    #expect(named?.diagnostics.map(\.rule) == ["a"])
  }

  @Test func theLibraryTellsItsVersion() throws {
    let yara = try Subprocess.run("yara", ["--version"]).text
    #expect(Library.version + "\n" == yara)
    #expect(Library.semantics == (yara.hasPrefix("4.2.") ? .v42 : .v45))
  }
}
