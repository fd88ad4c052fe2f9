import Foundation
import TestSupport
import Testing

/// Checks docs/architecture.md against Package.swift.
@Suite struct ArchitectureTests {
  /// A row of the table: a target, and its imports.
  private struct Row {
    let target: String
    let imports: Set<String>
  }

  private func rows() throws -> [Row] {
    let text = try String(
      contentsOfFile: Fixtures.package + "/docs/architecture.md", encoding: .utf8)
    let table = text.split(separator: "\n").drop { !$0.hasPrefix("| target |") }.dropFirst(2)
      .prefix { $0.hasPrefix("|") }
    return table.map { line in
      let cells = line.split(separator: "|", omittingEmptySubsequences: false)
      func names(_ cell: Substring) -> [String] {
        cell.split(separator: ",").map {
          $0.trimmingCharacters(in: CharacterSet(charactersIn: " `"))
        }
        .filter { !$0.isEmpty }
      }
      return Row(target: names(cells[1])[0], imports: Set(names(cells[3])))
    }
  }

  /// Targets that are not tests, with their dependencies, according to SwiftPM.
  private func manifest() throws -> [String: Set<String>] {
    // A separate build folder: the test run may hold the lock of the usual one.
    let scratch = try TemporaryDirectory()
    let result = try Subprocess.run(
      "swift", ["package", "--scratch-path", scratch.path, "dump-package"], in: Fixtures.package)
    let root = try #require(
      try JSONSerialization.jsonObject(with: result.output) as? [String: Any])
    var targets = [String: Set<String>]()
    for target in root["targets"] as? [[String: Any]] ?? [] {
      guard let name = target["name"] as? String, target["type"] as? String != "test",
        (target["path"] as? String)?.hasPrefix("Tests/") != true
      else { continue }
      let dependencies = (target["dependencies"] as? [[String: Any]] ?? []).compactMap {
        ($0.values.first as? [Any])?.first as? String
      }
      targets[name] = Set(dependencies)
    }
    return targets
  }

  @Test func theTableIsTheManifest() throws {
    let manifest = try manifest()
    let rows = try rows()
    #expect(Set(rows.map(\.target)) == Set(manifest.keys))
    for row in rows {
      #expect(manifest[row.target] == row.imports, "\(row.target)")
    }
  }

  @Test func dependenciesRunDownwardsOnly() throws {
    let rows = try rows()
    let position = Dictionary(
      uniqueKeysWithValues: rows.enumerated().map { ($0.element.target, $0.offset) })
    for row in rows {
      for name in row.imports {
        guard let other = position[name], let own = position[row.target] else { continue }
        #expect(other < own, "\(row.target) imports \(name), which stands below it")
      }
    }
  }

  @Test func theEngineImportsNoSourceNoReportAndNoVendor() throws {
    let engine = try #require(try rows().first { $0.target == "Engine" })
    #expect(
      engine.imports.isDisjoint(with: [
        "Files", "Images", "Archives", "Reports", "Cases", "GRDB", "Catalogue",
      ]))
  }

  /// The vendor's name occurs in the profile and in the command's own texts; elsewhere only in
  /// comments.
  @Test func theVendorIsInItsProfile() throws {
    let sources = Fixtures.package + "/Sources"
    let files = try #require(FileManager.default.subpaths(atPath: sources))
    for file in files where file.hasSuffix(".swift") && !file.hasPrefix("Catalogue/") {
      let text = try String(contentsOfFile: sources + "/" + file, encoding: .utf8)
      let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      for line in lines where line.lowercased().contains("kaspersky") && !line.hasPrefix("//") {
        let isAllowed =
          file.hasPrefix("TrawlCommand/")
          && (line.contains(".kaspersky") || line.hasPrefix("\"Finds Kaspersky software"))
        #expect(isAllowed, "\(file): \(line)")
      }
    }
  }

  /// C modules are named `C` and a word: `CYara`. LibTrawl implements the header of CTrawl.
  @Test func cModulesAreImportedInternally() throws {
    let sources = Fixtures.package + "/Sources"
    let files = try #require(FileManager.default.subpaths(atPath: sources))
    for file in files where file.hasSuffix(".swift") && !file.hasPrefix("LibTrawl/") {
      let text = try String(contentsOfFile: sources + "/" + file, encoding: .utf8)
      for line in text.split(separator: "\n") {
        for prefix in ["import C", "public import C", "package import C"]
        where line.hasPrefix(prefix) && line.dropFirst(prefix.count).first?.isUppercase == true {
          Issue.record("\(file): \(line) is not internal")
        }
      }
    }
  }

  /// The body of an inlinable member reaches other modules only if its type is visible to them, too: without that, a
  /// generic function is not specialised, and the compiler says nothing (a scan of an image took a fifth longer).
  @Test func inlinableMembersHaveUsableTypes() throws {
    let sources = Fixtures.package + "/Sources"
    let files = try #require(FileManager.default.subpaths(atPath: sources))
    let declaration = try NSRegularExpression(
      pattern: "^(?:@usableFromInline )?package (?:final )?(?:struct|enum|class) ")
    var types = 0
    for file in files where file.hasSuffix(".swift") {
      let text = try String(contentsOfFile: sources + "/" + file, encoding: .utf8)
      var last: Substring?
      for line in text.split(separator: "\n") {
        let range = NSRange(line.startIndex..., in: line)
        if declaration.firstMatch(in: String(line), range: range) != nil {
          last = line
        } else if line.hasPrefix("}") {
          last = nil
        } else if line.contains("@inlinable"), let type = last {
          #expect(type.hasPrefix("@usableFromInline"), "\(file): \(type)")
          types += 1
        }
      }
    }
    #expect(types > 0)
  }
}
