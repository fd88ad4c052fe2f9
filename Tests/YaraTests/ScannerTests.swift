import Bytes
import TestSupport
import Testing
import Yara

@Suite struct ScannerTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private static let text = """
    rule empty { condition: filesize == 0 }
    rule hello { strings: $a = "hello" condition: $a }
    rule never { condition: false }
    """

  @Test func memoryIsScanned() throws {
    let result = try scan("say hello", with: Self.text)
    #expect(result.names == ["hello"])
    #expect(result.nonMatching == [])
    #expect(result.consoleLines == [])
    #expect(result.cutStrings == [])
    #expect(result.moduleFields == [:])
  }

  @Test func nothingIsScannedAsAnEmptyFile() throws {
    var scanner = try Scanner(rules(Self.text))
    #expect(try scanner.scan([]).names == ["empty"])
    #expect(try scanner.scan(RawSpan()).names == ["empty"])
  }

  @Test func aReusedScannerForgetsThePreviousItem() throws {
    var scanner = try Scanner(rules(Self.text))
    let first = try scanner.scan("hello hello")
    #expect(try scanner.scan("nothing").names == [])
    #expect(try scanner.scan([]).names == ["empty"])
    #expect(try scanner.scan("hello hello") == first)
  }

  @Test func aFileIsScannedThroughItsDescriptor() throws {
    let path = try folder.write("say hello", to: "item")
    var scanner = try Scanner(rules(Self.text))
    let descriptor = try Descriptor(reading: RawPath(path), followingLink: true)
    #expect(try scanner.scan(descriptor: descriptor.number) == scanner.scan("say hello"))
    let empty = try folder.write("", to: "empty")
    let emptyDescriptor = try Descriptor(reading: RawPath(empty), followingLink: true)
    #expect(try scanner.scan(descriptor: emptyDescriptor.number).names == ["empty"])
  }

  @Test func aDescriptorThatIsNotOpenIsAnError() throws {
    let rules = try rules(Self.text)
    let error = #expect(throws: YaraError.self) {
      var scanner = try Scanner(rules)
      _ = try scanner.scan(descriptor: -1)
    }
    #expect([.couldNotOpenFile, .couldNotMapFile].contains(error?.code))
  }

  @Test func rulesThatDoNotMatchAreReportedWhenAskedFor() throws {
    var options = Scanner.Options()
    options.reportsNonMatching = true
    let result = try scan("say hello", with: Self.text, options: options)
    #expect(result.names == ["hello"])
    #expect(result.nonMatching.map(\.identifier) == ["empty", "never"])
  }

  @Test func optionsMayChangeBetweenScans() throws {
    var scanner = try Scanner(rules(Self.text))
    #expect(try scanner.scan("x").nonMatching == [])
    scanner.options.reportsNonMatching = true
    #expect(try scanner.scan("x").nonMatching.count == 3)
    scanner.options.reportsNonMatching = false
    #expect(try scanner.scan("x").nonMatching == [])
  }

  @Test func fastModeReportsTheSameRulesAndOnePlaceOfAString() throws {
    let text = "rule a { strings: $a = \"ab\" $b = /b+/ condition: $a and $b }"
    var options = Scanner.Options()
    options.isFast = true
    let fast = try scan("ab ab ab", with: text, options: options)
    let full = try scan("ab ab ab", with: text)
    #expect(fast.names == full.names)
    #expect(full.matches.first?.strings.filter { $0.identifier == "$a" }.count == 3)
    #expect(fast.matches.first?.strings.filter { $0.identifier == "$a" }.map(\.offset) == [0])
  }

  @Test func fastModeCountsWhereTheConditionCounts() throws {
    var options = Scanner.Options()
    options.isFast = true
    let text = "rule a { strings: $a = \"ab\" condition: #a == 3 }"
    #expect(try scan("ab ab ab", with: text, options: options).names == ["a"])
  }

  @Test func theConsoleModuleIsHeardWhetherTheRuleMatchesOrNot() throws {
    let text = """
      import "console"
      rule a { condition: console.log("first") and false }
      rule b { condition: console.log("second: ", filesize) and console.hex("third: ", 255) }
      """
    var scanner = try Scanner(rules(text))
    let result = try scanner.scan("four")
    #expect(result.names == ["b"])
    #expect(result.consoleLines == ["first", "second: 4", "third: 0xff"])
    #expect(try scanner.scan("four").consoleLines.count == 3, "lines do not pile up")
  }

  /// VirusTotal/yara#2245: libyara alone would return the previous file's entry point.
  @Test func theEntryPointIsNotThatOfThePreviousItem() throws {
    var scanner = try Scanner(rules("rule a { condition: entrypoint >= 0 }"))
    let program = try bytes(of: "/bin/true")
    #expect(try scanner.scan(program).names == ["a"])
    #expect(try scanner.scan("plain text").names == [])
    #expect(try scanner.scan([]).names == [])
    #expect(try scanner.scan(program).names == ["a"])
  }

  /// Error 31 of `#a in (1..5)`, which 4.5 counts.
  @Test(.enabled(if: Library.semantics == .v42, "an error of libyara 4.2.3 only"))
  func anErrorSpoilsOneScanOnly() throws {
    let text = """
      rule a { condition: true }
      rule b { strings: $a = "hello" condition: filesize > 8 and #a in (1..5) == 1 }
      """
    var scanner = try Scanner(rules(text))
    #expect(try scanner.scan("hello").names == ["a"])
    do {
      _ = try scanner.scan("hello hello")
      Issue.record("no error")
    } catch { #expect(error.code == .internalFatalError) }
    #expect(try scanner.scan("hello").names == ["a"])
  }

  @Test func theRulesLiveAsLongAsAScanner() throws {
    func make() throws -> Scanner { try Scanner(rules(Self.text)) }
    var scanner = try make()
    #expect(try scanner.scan("hello").names == ["hello"])
    #expect(scanner.rules.count == 3)
  }
}
