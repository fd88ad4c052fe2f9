import Foundation
import TestSupport
import Testing

/// Features of `trawl match` that `yara` does not have.
@Suite struct MatchOwnTests {
  private static let shared = Result { try MatchTree() }
  private let tree: MatchTree

  init() throws { tree = try Self.shared.get() }

  private func match(_ arguments: String...) throws -> Subprocess.Result {
    try Subprocess.run(Command.path, ["match"] + arguments, in: tree.path)
  }

  private func records(_ arguments: String...) throws -> [MatchRecord] {
    let result = try Subprocess.run(
      Command.path, ["match", "--format", "jsonl"] + arguments, in: tree.path)
    return try MatchRecord.all(in: result.lines)
  }

  @Test func aPipeWithoutAWriterIsScannedAsNothingAndSaid() throws {
    let result = try match("first.yar", "pipe")
    #expect(result.status == 0)
    #expect(result.lines.contains("m1 pipe"))
    #expect(result.errors.contains("not scanned: pipe: named pipe"))
  }

  @Test func whatIsNotScannedIsSaid() throws {
    #expect(try match("first.yar", "/dev/null").errors.contains("not scanned: /dev/null"))
    #expect(try match("first.yar", "/proc/version").errors.contains("not scanned: /proc/version"))
    #expect(try match("first.yar", "tree").errors.contains("not scanned: tree/pipe"))
  }

  @Test func processesAndNoThreadsAreRefused() throws {
    #expect(try match("first.yar", "1").status == 2)
    #expect(try match("-p", "0", "first.yar", "tree").status == 2)
    #expect(try match("-p", "0", "first.yar", "tree/plain").status == 0)
  }

  @Test func exitStatusesForPipelines() throws {
    #expect(try match("--exit-code", "first.yar", "tree/plain").status == 1)
    #expect(try match("--exit-code", "-i", "n1", "first.yar", "tree/plain").status == 0)
    #expect(try match("--exit-code", "-i", "n1", "first.yar", "tree").status == 3)
    #expect(try match("--exit-code", "broken.yar", "tree").status == 2)
  }

  @Test func completenessIsSaid() throws {
    let result = try match("--completeness", "first.yar", "tree/plain")
    #expect(
      result.errors.contains("1 files scanned, 17 bytes; 1 with matches; 0 failed, 0 left out"))
    #expect(result.errors.contains(": complete"))
    #expect(try match("--completeness", "first.yar", "tree").errors.contains(": not complete"))
  }

  @Test func recordsTellWhatLinesTell() throws {
    let all = try records("-r", "plain.yar", "tree")
    let lines = try match("-r", "plain.yar", "tree").lines
    let matches = all.ofType("match")
    #expect(matches.count == lines.filter { $0.contains(" tree/") }.count)
    let first = try #require(
      matches.first { $0.path == "tree/plain" && $0.rule == "a" })
    #expect(first.namespace == "default")
    #expect(first.tags == ["t1", "t2"])
    let strings = try #require(first.strings)
    #expect(strings.first?.data == "616263")
    #expect(strings.first?.offset == 2)
    let summary = try #require(all.last)
    #expect(summary.type == "summary")
    #expect(summary.complete == false)
    #expect(!all.ofType("not_scanned").isEmpty)
    #expect(!all.ofType("console").isEmpty)
  }

  @Test func oddNamesAreWholeInBothForms() throws {
    let paths = try records("-i", "m1", "first.yar", "tree").ofType("match")
    #expect(paths.contains { $0.path == "tree/a\nb" })
    let name = Data("tree/".utf8) + [0xFF, 0xFE]
    #expect(paths.contains { $0.pathBase64 == name.base64EncodedString() })
    let output = try match("-i", "m1", "first.yar", "tree").output
    #expect(output.range(of: Data("m1 ".utf8) + name + [0x0A]) != nil)
  }

  @Test func countsAndNegationAreRecordsToo() throws {
    let counts = try records("-c", "first.yar", "tree").ofType("count")
    #expect(counts.allSatisfy { $0.matches == 2 })
    #expect(try records("-n", "first.yar", "tree/plain").ofType("no_match").count == 2)
  }

  @Test func theSieveChangesNothing() throws {
    for arguments in [["-rs", "plain.yar", "tree"], ["-rc", "many.yar", "tree"]] {
      let on = try Subprocess.run(Command.path, ["match"] + arguments, in: tree.path)
      let off = try Subprocess.run(
        Command.path, ["match", "--no-sieve"] + arguments, in: tree.path)
      #expect(MatchPeer.lines(on.output) == MatchPeer.lines(off.output))
    }
  }

  @Test func aClosedPipeEndsItQuietly() throws {
    let result = try Subprocess.run(
      "bash",
      ["-c", "'\(Command.path)' match -rs plain.yar tree | true; echo ${PIPESTATUS[0]}"],
      in: tree.path)
    #expect(["0", "141"].contains(result.lines.last))
    #expect(!result.errors.contains("cannot write"))
  }
}
