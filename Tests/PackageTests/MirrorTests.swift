import Foundation
import TestSupport
import Testing

/// Source files with logic have tests of their name.
@Suite struct MirrorTests {
  /// Number of files with at least ten branches that only tests of something larger cover. It may only decrease.
  private static let uncovered = [
    "Archives": 10, "Bundles": 1, "Bytes": 0, "Cases": 11, "Catalogue": 0, "Containers": 0,
    "Engine": 11, "Evidence": 4, "FileSystems": 0, "Files": 5, "Findings": 0, "HelperProcesses": 3,
    "Identity": 0, "Images": 12, "LibTrawl": 8, "Locks": 0, "Pages": 3, "Profiles": 0, "Reports": 6,
    "Results": 5, "Sieve": 27, "Signatures": 2, "SleuthKit": 4, "Targets": 1, "Traces": 0,
    "Trawl": 0, "TrawlCommand": 31, "TrawlHelper": 0, "Units": 0, "Volumes": 0, "Yara": 6,
    "YaraSyntax": 9,
  ]

  private func files(below folder: String) throws -> [String] {
    let root = Fixtures.package + "/" + folder
    let paths = try #require(FileManager.default.subpaths(atPath: root))
    return paths.filter { $0.hasSuffix(".swift") }.map { root + "/" + $0 }
  }

  private func name(of path: String) -> String {
    String((path as NSString).lastPathComponent.dropLast(".swift".count))
  }

  private func hasLogic(_ path: String) throws -> Bool {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let code = text.replacing(/\/\/[^\n]*/, with: "").replacing(/"(\\.|[^"\\\n])*"/, with: "\"\"")
    return code.matches(of: /\b(if|guard|while|for|switch|case|throw)\b/.wordBoundaryKind(.simple))
      .count >= 10
  }

  @Test func everyTargetIsCounted() throws {
    let targets = try files(below: "Sources").map { path in
      String(path.dropFirst(Fixtures.package.count + "/Sources/".count).prefix { $0 != "/" })
    }
    #expect(Set(targets) == Set(Self.uncovered.keys))
  }

  @Test(arguments: uncovered.keys.sorted())
  func sourcesAreMirrored(_ target: String) throws {
    let tests = Set(try files(below: "Tests").map(name))
    let missing = try files(below: "Sources/" + target).filter { path in
      let name = name(of: path)
      let isMirrored =
        tests.contains(name.replacing("+", with: "") + "Tests")
        || tests.contains(name.prefix { $0 != "+" } + "Tests")
      return try !isMirrored && hasLogic(path)
    }
    let most = try #require(Self.uncovered[target])
    #expect(
      missing.count <= most, "write FooTests.swift for Foo.swift: \(missing.map(name).sorted())")
  }
}
