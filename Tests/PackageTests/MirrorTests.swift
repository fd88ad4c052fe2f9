import Foundation
import TestSupport
import Testing

/// Source files with logic have tests of their name.
@Suite struct MirrorTests {
  /// Number of files with at least ten branches that only tests of something larger cover. It may only decrease.
  private static let uncovered = [
    "Containers": 16, "Volumes": 4, "FileSystems": 20, "Identity": 6, "Traces": 8, "Sieve": 31,
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
