import Foundation
import TestSupport
import Testing

/// `trawl signatures lint`
@Suite struct SignaturesLintTests {
  private let signature = """
    rule northwind_driver
    {
      meta:
        vendor = "Northwind"
        component = "driver"
        platform = "windows"
        confidence = "claimed"
        basis = "paper"
        reason = "is a driver"
        source = "a book"
        author = "somebody"
      condition:
        uint16(0) == 0x5A4D
    }
    """

  @Test func theBuiltInSignaturesAndTheirFolderAreClean() throws {
    for arguments in [[], [Fixtures.package + "/signatures"]] {
      let result = try Subprocess.run(Command.path, ["signatures", "lint"] + arguments)
      #expect(result.status == 0)
      #expect(result.text == "")
      #expect(result.errors == "")
    }
  }

  @Test func aWarningIsNoFailureAndAnErrorIs() throws {
    let folder = try TemporaryDirectory()
    let good = try folder.write(signature, to: "good.yar")
    let result = try Command.run("signatures", "lint", good)
    #expect(result.status == 0)
    #expect(
      result.text == "\(good):11: northwind_driver: warning: unknown metadata key author\n")
    let bad = try folder.write(
      signature.replacing("uint16(0) == 0x5A4D", with: "filesize > 1"), to: "bad.yar")
    let failed = try Command.run("signatures", "lint", bad)
    #expect(failed.status == 1)
    #expect(failed.lines.count == 2)
    #expect(
      failed.lines.first?.hasPrefix(
        "\(bad):1: northwind_driver: reads files to their end")
        == true)
  }

  @Test func whatTheCompilerRemarksIsAWarning() throws {
    let folder = try TemporaryDirectory()
    let rules = try folder.write(
      signature.replacing("    author = \"somebody\"\n", with: "").replacing(
        "  condition:", with: "  strings:\n    $a = /a[^b]{1,5}/\n  condition: $a and"),
      to: "slow.yar")
    let result = try Command.run("signatures", "lint", rules)
    #expect(result.status == 0)
    #expect(result.lines.count == 1)
    #expect(
      result.lines.first?.hasPrefix("\(rules):12: northwind_driver: warning: string \"$a\"")
        == true,
      "\(result.lines)")
  }

  /// A finding in an included file is reported with that file; external variables are accepted.
  @Test func includesAreNamedByTheirFiles() throws {
    let folder = try TemporaryDirectory()
    try folder.write(
      "\n\n"
        + signature.replacing("\"driver\"", with: "\"drivers\"").replacing(
          "0x5A4D", with: "0x5A4D and wanted"), to: "parts/included.yar")
    let rules = try folder.write(
      "include \"parts/included.yar\"\n"
        + signature.replacing(
          "northwind_driver", with: "second"), to: "all.yar")
    let result = try Command.run("signatures", "lint", "-d", "wanted=true", rules)
    #expect(result.status == 1)
    #expect(
      result.lines.first?.hasPrefix(
        "\(folder.path)/parts/included.yar:7: northwind_driver: component")
        == true, "\(result.lines)")
    #expect(result.lines.last == "\(rules):12: second: warning: unknown metadata key author")
  }

  @Test func linesOfJSONSayTheSame() throws {
    let folder = try TemporaryDirectory()
    let rules = try folder.write(signature.replacing("claimed", with: "confirmed"), to: "r.yar")
    let result = try Command.run("signatures", "lint", "--format", "jsonl", rules)
    #expect(result.status == 1)
    let lines = try result.lines.map {
      try JSONDecoder().decode(LintRecord.self, from: Data($0.utf8))
    }
    #expect(lines.count == 2)
    let first = try #require(lines.first)
    #expect(first.schema == 1)
    #expect(first.type == "lint")
    #expect(first.level == "error")
    #expect(first.file == rules)
    #expect(first.line == 7)
    #expect(first.rule == "northwind_driver")
    #expect(first.message.contains("a rule alone cannot confirm"))
    #expect(lines.last?.level == "warning")
  }

  @Test func rulesThatDoNotCompileExitWithTwo() throws {
    let folder = try TemporaryDirectory()
    let rules = try folder.write("rule r { condition: $missing }", to: "r.yar")
    for arguments in [[rules], [folder.path + "/missing.yar"]] {
      let result = try Subprocess.run(Command.path, ["signatures", "lint"] + arguments)
      #expect(result.status == 2)
      #expect(result.errors.contains(arguments[0]))
    }
  }
}

/// One line of `trawl signatures lint --format jsonl`.
private struct LintRecord: Decodable {
  let schema: Int
  let type: String
  let level: String
  let file: String?
  let line: Int?
  let rule: String?
  let message: String
}
