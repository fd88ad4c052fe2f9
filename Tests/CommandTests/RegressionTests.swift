import Foundation
import TestSupport
import Testing

/// Regressions found by a review: each of these was once called clean, lost or destroyed.
@Suite struct RegressionTests {
  private let driver = Fixtures.positive("kaspersky_windows_driver_klif")

  private func copy(_ source: String, to target: String) throws {
    try FileManager.default.copyItem(atPath: source, toPath: target)
  }

  private func shell(_ script: String, _ arguments: String...) throws -> Subprocess.Result {
    try Subprocess.run(
      "bash", ["-c", script, Command.path] + arguments, environment: ["PATH": toolPath])
  }

  /// mke2fs and debugfs are in the superuser's folders.
  private var toolPath: String {
    (ProcessInfo.processInfo.environment["PATH"] ?? "") + ":/usr/sbin:/sbin"
  }

  @Test func filesThatOnlyLookLikeSegmentsAreScanned() throws {
    let folder = try TemporaryDirectory()
    try folder.write("hello", to: "log.001")
    try copy(driver, to: folder.path + "/log.002")
    let (status, lines) = try Command.lines(folder.path + "/log.001", folder.path + "/log.002")
    #expect(status == 1)
    #expect(lines.last?.items?["seen"] == 2)
  }

  @Test func namesThatAreRepairedToTheSameTextAreTwoFiles() throws {
    let folder = try TemporaryDirectory()
    let result = try shell(
      #"cd "$1"; cp "$2" $'a\xfe'; echo x > $'a\xff'; "$0" scan --format jsonl $'a\xff' $'a\xfe'"#,
      folder.path, driver)
    #expect(result.status == 1)
    #expect(result.lines.last?.contains("\"seen\":2,\"matched\":1,\"clean\":1") == true)
  }

  @Test func aTargetInsideAnotherIsScannedOnce() throws {
    let folder = try TemporaryDirectory()
    try folder.write("", to: "a/b/empty")
    try copy(driver, to: folder.path + "/a/b/klif.sys")
    let nested = folder.path + "/a/b/klif.sys"
    let (_, lines) = try Command.lines(nested, folder.path + "/a", folder.path, nested)
    #expect(lines.ofType("finding").count == 1)
    #expect(lines.last?.items?["seen"] == 2)
  }

  @Test func aFileOfTheKernelWithoutASizeIsNotClean() throws {
    let (status, lines) = try Command.lines("/proc/version")
    #expect(status == 3)
    #expect(lines.last?.items?["clean"] == 0)
  }

  @Test func aStringThatMatchesTooOftenIsNoCleanItem() throws {
    let folder = try TemporaryDirectory()
    let rules = try folder.write(
      "rule r { strings: $b = { 00 00 } condition: #b > 2000000 }", to: "r.yar")
    let zeros = try folder.write(Array(repeating: 0, count: 4 << 20), to: "zeros")
    let (status, lines) = try Command.lines("--signatures", rules, zeros)
    #expect(status == 3)
    #expect(lines.ofType("problem").first?.reason == "engine")
  }

  /// A file that takes libyara minutes to scan, but no space on the disk. The prefilter skips its hole.
  private func vastFile(in folder: TemporaryDirectory) throws -> (rules: String, file: String) {
    let rules = try folder.write(
      "rule r { strings: $a = \"needle\" condition: $a }", to: "r.yar")
    let file = folder.path + "/vast"
    #expect(try Subprocess.run("truncate", ["-s", "8T", file]).status == 0)
    return (rules, file)
  }

  @Test func aScanIsInterruptedInTheMiddleOfAFile() throws {
    let folder = try TemporaryDirectory()
    let (rules, file) = try vastFile(in: folder)
    let result = try Subprocess.run(
      "timeout",
      [
        "--signal=INT", "--preserve-status", "1", Command.path, "scan", "--format", "jsonl",
        "--no-sieve", "--signatures", rules, file,
      ])
    #expect(result.status == 130)
    #expect(result.text.contains(#""interrupted":true"#))
  }

  @Test func aScanEndsWithTheTimeOutOfAnItem() throws {
    let folder = try TemporaryDirectory()
    let (rules, file) = try vastFile(in: folder)
    let (status, lines) = try Command.lines(
      "--timeout", "1", "--no-sieve", "--signatures", rules, file)
    #expect(status == 3)
    #expect(lines.ofType("problem").first?.reason == "timed_out")
  }

  // MARK: Output

  @Test func outputTouchesNothingThatIsThere() throws {
    let folder = try TemporaryDirectory()
    try folder.write("evidence", to: "ev/file")
    try FileManager.default.createDirectory(
      atPath: folder.path + "/out", withIntermediateDirectories: false)
    try FileManager.default.linkItem(
      atPath: folder.path + "/ev/file", toPath: folder.path + "/out/r.partial")
    let result = try Command.run("scan", folder.path + "/ev", "-o", folder.path + "/out/r")
    #expect(result.status == 0)
    #expect(try String(contentsOfFile: folder.path + "/ev/file", encoding: .utf8) == "evidence")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path + "/out").sorted()
        == ["r", "r.partial"])
  }

  @Test func outputToADeviceLeavesItADevice() throws {
    let folder = try TemporaryDirectory()
    let link = folder.path + "/null"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/dev/null")
    #expect(try Command.run("scan", "/bin/true", "-o", link).status == 0)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "/dev/null")
    #expect(try Command.run("scan", "/bin/true", "-o", "/dev/full").status == 2)
  }

  @Test func standardOutputInsideATargetIsRefused() throws {
    let folder = try TemporaryDirectory()
    let result = try shell(#"cd "$1"; "$0" scan . > out.txt"#, folder.path)
    #expect(result.status == 2)
    #expect(result.errors.contains("inside the target"))
  }

  @Test func outputOverAPartOfASplitImageIsRefused() throws {
    let part = ImageFixture.folder + "/disk.002"
    #expect(try Command.run("scan", ImageFixture.splitDisk, "-o", part).status == 2)
  }

  // MARK: Images

  /// An ext4 image of a driver in `/a/b`, after `command` of debugfs.
  private func image(_ command: String, in folder: TemporaryDirectory) throws -> String {
    let image = folder.path + "/image"
    let made = try shell(
      #"""
      mkdir -p "$1/tree/a/b" && cp "$2" "$1/tree/a/b/klif.sys" &&
      mke2fs -q -t ext4 -d "$1/tree" "$3" 8M 2>&1 && debugfs -w -R "$4" "$3" 2>/dev/null
      """#, folder.path, driver, image, command)
    #expect(made.status == 0, "\(made.text)")
    return image
  }

  @Test(arguments: [
    "sif /a/b block[5] 999999999", "clri /a/b", "sif /a/b/klif.sys mode 0", "clri /a/b/klif.sys",
    "sif /a/b/klif.sys size 0x8000000000005000",
  ])
  func damagedMetadataOfWhatIsAllocatedIsAFailure(_ command: String) throws {
    let folder = try TemporaryDirectory()
    let (status, lines) = try Command.lines(try image(command, in: folder))
    // A driver whose directory is lost is found by its inode.
    #expect(status == (lines.ofType("finding").isEmpty ? 3 : 1))
    #expect(lines.last?.complete == false)
    #expect(lines.ofType("problem").map(\.reason) == ["unreadable"])
  }

  @Test func deepDirectoriesOfAnImageAreEntered() throws {
    let folder = try TemporaryDirectory()
    let deep = Array(repeating: "d", count: 140).joined(separator: "/")
    let image = folder.path + "/image"
    let made = try shell(
      #"mkdir -p "$1/tree/$4" && cp "$2" "$1/tree/$4/" && mke2fs -q -t ext4 -d "$1/tree" "$3" 8M"#,
      folder.path, driver, image, deep)
    #expect(made.status == 0, "\(made.errors)")
    #expect(try Command.lines(image).lines.ofType("finding").count == 1)
  }

  @Test func aMatchInContentThatIsCutIsAFindingOfAnIncompleteScan() throws {
    let folder = try TemporaryDirectory()
    let image = folder.path + "/image"
    let made = try shell(
      #"""
      mkdir "$1/tree" && { cat "$2"; head -c 12000000 /dev/zero | tr '\0' x; } > "$1/tree/klif.sys" &&
      mke2fs -q -t ext4 -d "$1/tree" "$3" 24M && truncate -s 10M "$3"
      """#, folder.path, driver, image)
    #expect(made.status == 0, "\(made.errors)")
    let (status, lines) = try Command.lines(image)
    #expect(status == 1)
    #expect(lines.last?.complete == false)
    #expect(lines.last?.partlyRead == 1)
    // The volume, and the item in it.
    #expect(lines.ofType("problem").map(\.reason) == ["truncated", "truncated"])
    let reasons = lines.ofType("finding").first?.reasons
    #expect(reasons?.last?.hasPrefix("only part of it could be read") == true)
  }

  @Test func excludedPathsOfAnImageAreIgnored() throws {
    let (_, lines) = try Command.lines(
      "--exclude", "*.sys", "--exclude", "/Windows", ImageFixture.disk)
    let paths = lines.ofType("finding").compactMap(\.path)
    #expect(!paths.isEmpty)
    #expect(!paths.contains { $0.hasSuffix(".sys") || $0.hasPrefix("/Windows/") })
  }

  @Test func everyItemOfAnImageHasAnIdentityOfItsOwn() throws {
    let folder = try TemporaryDirectory()
    let rules = try folder.write("rule every_item { condition: filesize >= 0 }", to: "every.yar")
    let findings = try Command.lines("--signatures", rules, ImageFixture.disk).lines.ofType(
      "finding")
    var places = [String: Set<String>]()
    for finding in findings {
      let volume = finding.volume?.index ?? -1
      places[finding.itemId ?? "", default: []].insert(
        "\(volume) \(finding.inode ?? "")")
    }
    #expect(places.count > 3000)
    #expect(places.values.allSatisfy { $0.count == 1 })
  }
}
