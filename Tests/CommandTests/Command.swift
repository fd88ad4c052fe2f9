import Foundation
import TestSupport

/// The binary under test, from the same build.
enum Command {
  /// Path beside the test runner, whatever the build folder.
  static let path: String = {
    let runner = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return ((runner ?? "") as NSString).deletingLastPathComponent + "/trawl"
  }()

  static func run(_ arguments: String..., in folder: String? = nil) throws -> Subprocess.Result {
    try Subprocess.run(path, arguments, in: folder)
  }

  /// Runs `scan --format jsonl` and decodes its lines.
  static func lines(_ arguments: String...) throws -> (status: Int32, lines: [OutputRecord]) {
    let result = try Subprocess.run(path, ["scan", "--format", "jsonl"] + arguments)
    return (result.status, try OutputRecord.all(in: result.lines))
  }
}
