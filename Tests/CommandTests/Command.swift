import Foundation
import TestSupport

/// The binary under test, as the same build made it.
enum Command {
  /// Beside the test runner, whatever the build folder.
  static let path: String = {
    let runner = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return ((runner ?? "") as NSString).deletingLastPathComponent + "/trawl"
  }()

  static func run(_ arguments: String..., in folder: String? = nil) throws -> Subprocess.Result {
    try Subprocess.run(path, arguments, in: folder)
  }

  /// Runs `scan --format jsonl` and takes its lines apart.
  static func lines(_ arguments: String...) throws -> (status: Int32, lines: [[String: Any]]) {
    let result = try Subprocess.run(path, ["scan", "--format", "jsonl"] + arguments)
    return (
      result.status,
      try result.lines.map {
        try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
      }
    )
  }
}

extension [[String: Any]] {
  func ofType(_ type: String) -> [[String: Any]] { filter { $0["type"] as? String == type } }
}
