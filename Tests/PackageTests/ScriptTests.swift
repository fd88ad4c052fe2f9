import Foundation
import TestSupport
import Testing

/// `scripts/dev`, the entry point to all scripts.
@Suite struct ScriptTests {
  private static let folder = Fixtures.package + "/scripts"

  /// Executables in the folder, without the entry point itself.
  private static var scripts: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.sorted().filter { name in
      var isDirectory: ObjCBool = false
      let path = folder + "/" + name
      return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
        && !isDirectory.boolValue && access(path, X_OK) == 0 && name != "dev"
    }
  }

  private func dev(_ arguments: String...) throws -> Subprocess.Result {
    try Subprocess.run(Self.folder + "/dev", arguments)
  }

  @Test func helpListsEveryScriptOnALineOfItsOwn() throws {
    let result = try dev("help")
    #expect(result.status == 0)
    let listed = result.lines.compactMap { line in
      line.firstMatch(of: /^  (\S+)  +\S/).map { String($0.output.1) }
    }
    #expect(listed.sorted() == Self.scripts)
    #expect(result.lines.allSatisfy { $0.count <= 100 })
  }

  @Test(arguments: scripts)
  func helpExplainsAScript(_ name: String) throws {
    let result = try dev("help", name)
    #expect(result.status == 0)
    #expect(result.text.count > 30 && !result.text.contains("#!"), "\(result.text)")
  }

  @Test func anUnknownScriptIsAnError() throws {
    for arguments in [["help", "nothing"], ["nothing"], ["../scripts/trawl"], ["planted"]] {
      let result = try Subprocess.run(Self.folder + "/dev", arguments)
      #expect(result.status == 1, "\(arguments)")
      #expect(result.errors.hasPrefix("dev: no script "), "\(result.errors)")
    }
  }

  @Test func argumentsArePassedOn() throws {
    let result = try dev("fuzz-sieve", "none")
    #expect(result.status == 64)
    #expect(result.errors.contains("scripts/fuzz-sieve SECONDS"))
  }
}
