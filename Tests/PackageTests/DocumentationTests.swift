import Foundation
import TestSupport
import Testing

/// Every example of the documentation is code of a program in `Examples`, which `scripts/test-embedding`
/// and `scripts/test-library` compile and run.
@Suite struct DocumentationTests {
  /// A block of code on a page.
  private struct Block: CustomStringConvertible {
    let page: String
    let language: String
    let lines: [Substring]

    var description: String { "\(page): \(lines.first ?? "")" }
  }

  private static let pages: [String] = {
    let catalogue = "Sources/Trawl/Trawl.docc"
    let names = try? FileManager.default.contentsOfDirectory(
      atPath: Fixtures.package + "/" + catalogue)
    return ["README.md", "docs/embedding.md"] + (names ?? []).sorted().map { catalogue + "/" + $0 }
  }()

  private func lines(of file: String) throws -> [Substring] {
    let text = try String(contentsOfFile: Fixtures.package + "/" + file, encoding: .utf8)
    return text.split(separator: "\n", omittingEmptySubsequences: true).compactMap { line in
      let trimmed = line.trimmingPrefix { $0 == " " }
      return trimmed.isEmpty ? nil : trimmed
    }
  }

  private func blocks(of page: String) throws -> [Block] {
    var blocks: [Block] = []
    var open: (language: String, lines: [Substring])?
    for line in try lines(of: page) {
      if let block = open, line == "```" {
        blocks.append(Block(page: page, language: block.language, lines: block.lines))
        open = nil
      } else if open != nil {
        open!.lines.append(line)
      } else if line.hasPrefix("```") {
        open = (String(line.dropFirst(3)), [])
      }
    }
    return blocks
  }

  /// Lines of the programs in a language.
  private func programs(_ language: String) throws -> [[Substring]] {
    let extensions = ["swift": ".swift", "c": ".c", "cpp": ".cpp"]
    let suffix = try #require(extensions[language])
    let paths = try #require(
      FileManager.default.subpaths(atPath: Fixtures.package + "/Examples"))
    return try paths.filter { $0.hasSuffix(suffix) && !$0.contains(".build") }.map {
      try lines(of: "Examples/" + $0)
    }
  }

  @Test(arguments: pages)
  func examplesAreCodeOfPrograms(_ page: String) throws {
    for block in try blocks(of: page) where ["swift", "c", "cpp"].contains(block.language) {
      // A manifest is compiled by those who have one.
      guard block.lines.first != "// Package.swift" else { continue }
      let isFound = try programs(block.language).contains { program in
        program.indices.contains { start in
          program[start...].starts(with: block.lines)
        }
      }
      #expect(isFound, "\(block)")
    }
  }

  @Test func thereAreExamples() throws {
    let all = try Self.pages.flatMap { try blocks(of: $0) }
    #expect(all.filter { $0.language == "swift" }.count > 15)
    #expect(all.filter { $0.language == "c" }.count > 2)
  }
}
