import Foundation
import TestSupport
import Testing

/// Text reports as people see them, compared with the files in `Golden`. Parts that change from build
/// to build, such as hashes and times, are replaced. TRAWL_UPDATE_GOLDEN=1 writes the files.
@Suite struct GoldenReportTests {
  private static let golden = Fixtures.package + "/Tests/CommandTests/Golden"

  /// Text with volatile parts replaced, and folders of this machine by `replacing`.
  private func normalised(_ text: String, replacing folders: [String: String]) -> String {
    var text = text
    for (folder, name) in folders { text = text.replacing(folder, with: name) }
    return
      text
      .replacing(/\b[0-9a-f]{64}\b/, with: "SHA256")
      .replacing(/\b[0-9a-f]{40}\b/, with: "SHA1")
      .replacing(/\b[0-9a-f]{32}\b/, with: "MD5")
      .replacing(/\bbyte \d+/, with: "byte N")
      .replacing(/\bin \d+ runs/, with: "in N runs")
      .replacing(/\binode [0-9-]+/, with: "inode N")
      .replacing(/\b[0-9.]+ (B|kB|MB|GB)\b/, with: "SIZE")
      .replacing(/\bin [0-9.]+ s\b/, with: "in TIME")
      .replacing(/\b\d+ items: (\d+) matched, \d+ clean/) { "N items: \($0.1) matched, N clean" }
      .replacing(/(\d+) failed;/) { $0.1 == "0" ? "0 failed;" : "N failed;" }
      .replacing(/failed: \d+/, with: "failed: N")
      .replacing(/\b\d+ (directories|hard links|special files|names without content)/) {
        "N \($0.1)"
      }
      .replacing(/OrphanFile-\d+/, with: "OrphanFile-N")
      .replacing(/only \d+ of \d+ bytes/, with: "only N of N bytes")
      .replacing(/\bbytes \d+ to \d+/, with: "bytes N to N")
      .replacing(/(first bytes|by a search|condition-only|scanned whole): \d+/) { "\($0.1): N" }
      .replacing(/(--jobs .*?\(default: )\d+\)/) { "\($0.1)N)" }
  }

  /// Blocks of a table report in order of their first lines: items of a live file system end in any
  /// order.
  private func sorted(_ text: String) -> String {
    var blocks = [[Substring]]()
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix(" "), !blocks.isEmpty {
        blocks[blocks.count - 1].append(line)
      } else {
        blocks.append([line])
      }
    }
    let findings = blocks.prefix { !$0[0].isEmpty }
    let rest = blocks.dropFirst(findings.count)
    let all = findings.sorted { $0[0] < $1[0] } + rest
    return all.joined().joined(separator: "\n")
  }

  private func expect(_ text: String, is name: String, replacing folders: [String: String] = [:])
    throws
  {
    let path = Self.golden + "/" + name + ".txt"
    let text = normalised(text, replacing: folders)
    if ProcessInfo.processInfo.environment["TRAWL_UPDATE_GOLDEN"] == "1" {
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      return
    }
    let golden = try String(contentsOfFile: path, encoding: .utf8)
    let ours = text.split(separator: "\n", omittingEmptySubsequences: false)
    let theirs = golden.split(separator: "\n", omittingEmptySubsequences: false)
    let different = ours.difference(from: theirs).map { change in
      switch change {
      case .insert(let line, let text, _): "+\(line + 1): \(text)"
      case .remove(let line, let text, _): "-\(line + 1): \(text)"
      }
    }
    #expect(
      different.isEmpty,
      "\(name).txt: \(different.joined(separator: "\n")); TRAWL_UPDATE_GOLDEN=1 accepts it")
  }

  private static let image = [ImageFixture.folder: "IMAGE"]

  @Test func tableOfAnImage() throws {
    let result = try Command.run("scan", "-j", "1", ImageFixture.disk)
    #expect(result.status == 1 && result.errors.isEmpty)
    // Items end in the order of the medium, which mkntfs lays out differently each time.
    try expect(sorted(result.text), is: "image-table", replacing: Self.image)
  }

  @Test func inventoryOfAnImage() throws {
    let result = try Command.run("scan", "--format", "inventory", ImageFixture.disk)
    #expect(result.status == 1 && result.errors.isEmpty)
    try expect(result.text, is: "image-inventory", replacing: Self.image)
  }

  @Test func descriptionOfAnImage() throws {
    let result = try Command.run("image", "--verify", ImageFixture.disk)
    #expect(result.status == 0 && result.errors.isEmpty)
    try expect(result.text, is: "image-description", replacing: Self.image)
  }

  /// Missing parts are named on stderr, and the summary says that the scan is incomplete.
  @Test func summaryAndMessagesOfAnIncompleteScan() throws {
    let folder = try TemporaryDirectory()
    let cut = folder.path + "/cut.dd"
    try ContainerFixtures.run("cp", ["--sparse=always", ImageFixture.disk, cut])
    try ContainerFixtures.run("truncate", ["-s", "60M", cut])
    let result = try Command.run("scan", "-j", "1", "--signatures", try rules(folder), cut)
    #expect(result.status == 3)
    let folders = [folder.path: "FOLDER"]
    // Kinds of messages: how many there are depends on where mke2fs puts things.
    let errors = Set(normalised(result.errors, replacing: folders).split(separator: "\n")).sorted()
    try expect(
      result.text + "\nstderr:\n" + errors.joined(separator: "\n") + "\n",
      is: "incomplete-scan", replacing: folders)
  }

  private func rules(_ folder: TemporaryDirectory) throws -> String {
    try folder.write(
      #"rule absent { strings: $a = "no such text" condition: $a }"#, to: "absent.yar")
  }

  @Test(arguments: ["table", "inventory"])
  func installedSystems(_ format: String) throws {
    let folder = Fixtures.folder + "/installation"
    let result = try Command.run("scan", "-j", "1", "--format", format, folder)
    #expect(result.status == 1 && result.errors.isEmpty)
    let text = format == "table" ? sorted(result.text) : result.text
    try expect(text, is: "installations-\(format)", replacing: [folder: "INSTALLATION"])
  }

  @Test(arguments: ["table", "inventory"])
  func artifacts(_ format: String) throws {
    let folder = TraceFixture.folder + "/installed"
    let result = try Command.run("scan", "-j", "1", "--format", format, folder)
    #expect(result.status == 1 && result.errors.isEmpty)
    let text = format == "table" ? sorted(result.text) : result.text
    try expect(text, is: "artifacts-\(format)", replacing: [folder: "INSTALLED"])
  }

  @Test func explanationAndLint() throws {
    let folder = try TemporaryDirectory()
    let rules = try folder.write(
      """
      rule gate { condition: uint32(0) == 0x464c457f and filesize < 64KB }
      rule search { strings: $a = "a literal" wide $b = { 4C 8D 9C 24 ?? 41 } condition: any of them }
      rule nothing { strings: $a = /[0-9a-f]{64}/ condition: $a }
      rule count { strings: $a = "a literal" condition: #a < 5 }

      """, to: "rules.yar")
    let folders = [folder.path: "FOLDER"]
    try expect(
      try Command.run("signatures", "explain", rules).text, is: "explanation", replacing: folders)
    try expect(try Command.run("signatures", "lint", rules).text, is: "lint", replacing: folders)
  }

  @Test(arguments: [
    [], ["scan"], ["image"], ["signatures"], ["signatures", "explain"], ["signatures", "lint"],
    ["signatures", "test"], ["plan"], ["run"], ["merge"], ["bench"],
  ])
  func help(_ command: [String]) throws {
    let result = try Subprocess.run(
      Command.path, command + ["--help"], environment: ["COLUMNS": "100"])
    #expect(result.status == 0)
    try expect(result.text, is: (["help"] + command).joined(separator: "-"))
  }
}
