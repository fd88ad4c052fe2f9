import Foundation
import TestSupport
import Testing

/// `trawl diff` on three installed products, of which one is removed and one is left in part.
@Suite struct DiffCommandTests {
  private let folder: TemporaryDirectory

  init() throws {
    folder = try TemporaryDirectory()
    try ContainerFixtures.run("cp", ["-a", Fixtures.folder + "/installation", folder.path + "/t"])
    try scan("before")
  }

  @discardableResult
  private func scan(_ name: String, _ more: [String] = []) throws -> String {
    let output = folder.path + "/" + name + ".jsonl"
    _ = try Subprocess.run(
      Command.path, ["scan", "--format", "jsonl", "-o", output, folder.path + "/t"] + more)
    return output
  }

  private func remove(_ paths: String...) throws {
    for path in paths { try FileManager.default.removeItem(atPath: folder.path + "/t/" + path) }
  }

  private func diff(_ more: String...) throws -> Subprocess.Result {
    try Subprocess.run(
      Command.path,
      ["diff", folder.path + "/before.jsonl", folder.path + "/after.jsonl"] + more)
  }

  /// Change and product of each line of the first table.
  private func products(_ result: Subprocess.Result) -> [String] {
    result.text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst()
      .prefix { !$0.isEmpty }.map { line in
        line.split(separator: /[ ]{2,}/).prefix(2).joined(separator: ": ")
      }
  }

  /// The Windows product keeps its registry hive, the Linux product stays, the Mac's is gone.
  @Test func removedRemnantsAndRemaining() throws {
    try remove("macos")
    let windows = folder.path + "/t/windows"
    for path in try #require(FileManager.default.subpaths(atPath: windows)) {
      var isDirectory: ObjCBool = false
      let file = windows + "/" + path
      let exists = FileManager.default.fileExists(atPath: file, isDirectory: &isDirectory)
      if exists, !isDirectory.boolValue, !path.hasSuffix("SOFTWARE") {
        try FileManager.default.removeItem(atPath: file)
      }
    }
    try scan("after")
    let result = try diff()
    #expect(result.status == 1)
    #expect(
      products(result) == [
        "removed: Kaspersky 26.0.0.150", "remnants: Kaspersky 21.15.8.493",
        "remaining: Kaspersky kesl 12.1.0-1508",
      ], "\(result.text)")
    #expect(result.text.contains("Products: 1 removed, 1 remnants, 1 remaining."))
    #expect(result.text.contains("Complete: everything was scanned afterwards."))
  }

  @Test func driversThatStayAreAPart() throws {
    try remove("macos", "linux", "windows/Program Files (x86)")
    try scan("after")
    let result = try diff("--format", "jsonl", "--products-only")
    #expect(result.status == 1)
    let changes = try changes(result)
    #expect(changes.filter { $0.type == "product_change" }.map(\.change).contains("partial"))
    let summary = try #require(changes.last)
    #expect(summary.type == "comparison")
    #expect(summary.products?["removed"] == 2)
    #expect(summary.products?["partial"] == 1)
  }

  @Test func everythingRemovedExitsWithZero() throws {
    try remove("macos", "linux", "windows")
    try scan("after")
    let result = try diff()
    #expect(result.status == 0, "\(result.text)")
    #expect(products(result).allSatisfy { $0.hasPrefix("removed: ") })
    #expect(products(result).count == 3)
    // The other way round everything is new.
    let back = try Command.run(
      "diff", folder.path + "/after.jsonl", folder.path + "/before.jsonl")
    #expect(back.status == 1)
    #expect(products(back).allSatisfy { $0.hasPrefix("new: ") })
  }

  @Test func anIncompleteScanProvesNoRemoval() throws {
    try remove("macos", "linux", "windows")
    try ContainerFixtures.run("mkfifo", [folder.path + "/t/pipe"])
    try scan("after")
    let result = try diff()
    #expect(result.status == 3)
    #expect(result.text.contains("INCOMPLETE"))
    // Neither do results that were cut off.
    try ContainerFixtures.run("sed", ["-i", "$d", folder.path + "/after.jsonl"])
    #expect(try diff().status == 3)
  }

  @Test func theSameScanTwiceRemains() throws {
    try FileManager.default.copyItem(
      atPath: folder.path + "/before.jsonl", toPath: folder.path + "/after.jsonl")
    let result = try diff("--format", "jsonl")
    #expect(result.status == 1)
    #expect(Set(try changes(result).compactMap(\.change)) == ["remaining"])
  }

  @Test func movedAndChangedFilesAreSaid() throws {
    let kesl = folder.path + "/t/linux/opt/kaspersky/kesl"
    try FileManager.default.moveItem(
      atPath: kesl + "/libexec/kesl", toPath: folder.path + "/t/linux/opt/kaspersky/kesl/kesl.old")
    let changed = try FileHandle(
      forWritingTo: URL(fileURLWithPath: kesl + "/bin/kesl-control"))
    try changed.seekToEnd()
    try changed.write(contentsOf: Data("more".utf8))
    try changed.close()
    try scan("after")
    let changes = try changes(diff("--format", "jsonl")).filter { $0.type == "file_change" }
    let moved = changes.filter { $0.change == "moved" }
    #expect(moved.count == 1)
    #expect(moved.first?.before?.path?.hasSuffix("/libexec/kesl") == true)
    #expect(moved.first?.after?.path?.hasSuffix("/kesl.old") == true)
    #expect(
      changes.contains {
        $0.change == "changed" && $0.after?.path?.hasSuffix("kesl-control") == true
      })
    #expect(!changes.contains { $0.change == "removed" || $0.change == "new" })
  }

  @Test func wrongUsageAndMissingResults() throws {
    #expect(try Command.run("diff", folder.path + "/before.jsonl").status == 64)
    #expect(
      try Command.run("diff", folder.path + "/before.jsonl", folder.path + "/none").status == 2)
  }

  private struct Change: Decodable {
    struct Side: Decodable {
      let path: String?
    }
    let type: String
    let change: String?
    let products: [String: Int]?
    let before: Side?
    let after: Side?
  }

  private func changes(_ result: Subprocess.Result) throws -> [Change] {
    try result.lines.map { try JSONDecoder().decode(Change.self, from: Data($0.utf8)) }
  }
}
