import Foundation
import TestSupport
import Testing

/// Checks the folders of each target, and the length of files.
@Suite struct FolderTests {
  /// A source file without its comments and texts.
  private struct Source {
    let folder: String
    let code: String
  }

  /// Folder of each file below a target's own; files of the target's folder itself put the others
  /// together and belong to none.
  private func sources(of target: String) throws -> [Source] {
    let root = Fixtures.package + "/Sources/" + target
    let paths = try #require(FileManager.default.subpaths(atPath: root))
    return try paths.filter { $0.hasSuffix(".swift") && $0.contains("/") }.map { path in
      let text = try String(contentsOfFile: root + "/" + path, encoding: .utf8)
      let code = text.replacing(/\/\/[^\n]*/, with: "").replacing(/"(\\.|[^"\\\n])*"/, with: "\"\"")
      return Source(folder: String(path.prefix { $0 != "/" }), code: code)
    }
  }

  /// Folders that each folder of a target uses, by the names of the types declared in them.
  private func uses(_ sources: [Source]) -> [String: Set<String>] {
    let declaration =
      /(?m)^(@\w+(\([^)]*\))? )*((public|package|final|indirect) )*(struct|class|enum|protocol|actor|typealias) (?<name>\w+)/
    var owner = [Substring: String]()
    for source in sources {
      for match in source.code.matches(of: declaration) { owner[match.name] = source.folder }
    }
    var uses = [String: Set<String>]()
    for source in sources {
      for word in Set(source.code.split { !$0.isLetter && !$0.isNumber && $0 != "_" }) {
        guard let other = owner[word], other != source.folder else { continue }
        uses[source.folder, default: []].insert(other)
      }
    }
    return uses
  }

  /// Folders from which a way leads back to themselves.
  private func circle(in uses: [String: Set<String>]) -> Set<String> {
    var reached = uses
    for _ in uses.keys {
      for (folder, others) in reached {
        reached[folder] = others.union(others.flatMap { reached[$0] ?? [] })
      }
    }
    return Set(reached.filter { $0.value.contains($0.key) }.keys)
  }

  @Test func foldersOfATargetAreInNoCircle() throws {
    let targets = try FileManager.default.contentsOfDirectory(atPath: Fixtures.package + "/Sources")
    for target in targets {
      let uses = uses(try sources(of: target))
      #expect(circle(in: uses) == [], "\(target): \(uses)")
    }
  }

  @Test func aCircleIsFound() {
    #expect(circle(in: ["a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"]]) == ["a", "b", "c"])
    #expect(circle(in: ["a": ["b", "c"], "b": ["c"]]) == [])
  }

  /// The signatures are embedded by a script, and the C interface is one header.
  @Test func noFileIsLong() throws {
    for folder in ["Sources", "Tests", "Benchmarks", "Examples", "Fuzz"] {
      let root = Fixtures.package + "/" + folder
      for path in FileManager.default.subpaths(atPath: root) ?? []
      where path.contains(/\.(swift|c|h|cpp|hpp)$/) && !path.contains(".build")
        && !path.hasSuffix("EmbeddedSignatures.swift") && !path.hasSuffix("include/trawl.h")
      {
        let text = try String(contentsOfFile: root + "/" + path, encoding: .utf8)
        let count = text.split(separator: "\n", omittingEmptySubsequences: false).count - 1
        #expect(count <= 400, "\(folder)/\(path) has \(count) lines")
      }
    }
  }

  /// scripts/test-embedding compiles it.
  @Test func theExampleOfTheReadmeIsCompiled() throws {
    let readme = try String(contentsOfFile: Fixtures.package + "/README.md", encoding: .utf8)
    let example = try String(
      contentsOfFile: Fixtures.package + "/Examples/Swift/Sources/example/main.swift",
      encoding: .utf8)
    #expect(readme.contains("```swift\n" + example + "```"))
  }
}
