import Foundation

/// Files made by real tools, with `scripts/fixtures`; built once per run.
package enum Fixtures {
  /// Root of the package, wherever the tests run.
  package static let package: String = {
    var folder = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { folder.deleteLastPathComponent() }
    return folder.path
  }()

  /// Folder of the fixtures; built when they are missing or older than their sources.
  package static let folder: String = {
    let folder = package + "/.build/fixtures"
    let result = try? Subprocess.run(package + "/scripts/fixtures", [folder])
    precondition(
      result?.status == 0,
      "scripts/fixtures failed; run scripts/setup --tests\n\(result?.errors ?? "")")
    return folder
  }()

  /// The fixtures below `kind` (`positive` or `near-miss`), by the folder they are in.
  package static func files(_ kind: String) -> [(folder: String, file: String)] {
    let root = folder + "/" + kind
    let folders = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    return folders.sorted().flatMap { folder in
      let names = (try? FileManager.default.contentsOfDirectory(atPath: root + "/" + folder)) ?? []
      return names.sorted().map { (folder, root + "/" + folder + "/" + $0) }
    }
  }

  /// The first fixture that must match `rule`.
  package static func positive(_ rule: String) -> String {
    files("positive").first { $0.folder == rule }!.file
  }
}
