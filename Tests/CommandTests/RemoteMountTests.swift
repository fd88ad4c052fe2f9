import Foundation
import TestSupport
import Testing

/// A file system whose server has died neither hangs a scan nor keeps it from being interrupted.
@Suite(.serialized, .enabled(if: canMount, "needs root, /dev/fuse and ntfs-3g"))
struct RemoteMountTests {
  /// Runs a command in a folder with `t/a`, a file, and `t/m`, a mounted NTFS whose server is stopped, to which `link` and
  /// `u/l` lead beside the file `u/a`.
  private func run(_ command: String) throws -> Subprocess.Result {
    let folder = try TemporaryDirectory()
    let script = """
      export PATH=$PATH:/usr/sbin:/sbin; cd \(folder.path); truncate -s 8M i; mkntfs -F -Q -q i; mkdir -p t/m
      echo text >t/a; ln -s t/m link; mkdir u; ln -s ../t/m/b u/l; echo other >u/a; ntfs-3g $PWD/i $PWD/t/m || exit 99
      server=$(pgrep -f "^ntfs-3g $PWD/i"); kill -STOP $server
      \(command); status=$?
      kill -CONT $server; fusermount -u t/m || umount t/m; exit $status
      """
    return try Subprocess.run("bash", ["-c", script])
  }

  @Test func aMountThatDoesNotAnswerIsPassedByAndSaid() throws {
    let result = try run("timeout -s KILL 60 \(Command.path) scan --format jsonl --timeout 1 t")
    #expect(result.status == 3, "\(result.errors)")
    #expect(result.text.contains("\"reason\":\"timed_out\""))
    #expect(result.text.contains("did not answer within 1 seconds"))
    #expect(result.text.contains("\"clean\":1"))
  }

  @Test(arguments: ["t/m", "t/m/b", "t/m t/a", "link", "u/l", "link/b t/a", "link u/../t/a"])
  func aTargetThatDoesNotAnswerIsPassedByAndSaid(_ targets: String) throws {
    let result = try run(
      "timeout -s KILL 60 \(Command.path) scan --format jsonl --timeout 1 \(targets)")
    #expect(result.status == 3, "\(result.errors)")
    #expect(result.text.contains("did not answer within 1 seconds"))
    #expect(result.text.contains("\"clean\":1") == targets.hasSuffix("a"))
  }

  @Test func aLinkThatLeadsToAMountThatDoesNotAnswerIsPassedByAndSaid() throws {
    let result = try run(
      "timeout -s KILL 60 \(Command.path) scan --format jsonl --timeout 1 --follow-symlinks u")
    #expect(result.status == 3, "\(result.errors)")
    #expect(result.text.contains("did not answer within 1 seconds"))
    #expect(result.text.contains("\"clean\":1"))
  }

  @Test(arguments: ["t", "t/m", "link", "--follow-symlinks u"])
  func aSignalEndsAScanThatHangsAndTheSummaryIsPrinted(_ arguments: String) throws {
    let result = try run(
      "timeout -k 60 --preserve-status -s INT 2 \(Command.path) scan --format jsonl \(arguments)")
    #expect(result.status == 130, "\(result.errors)")
    #expect(result.text.contains("\"type\":\"summary\""))
    #expect(result.text.contains("\"complete\":false"))
  }
}

private let canMount =
  getuid() == 0 && FileManager.default.fileExists(atPath: "/dev/fuse")
  && ["/bin/ntfs-3g", "/usr/bin/ntfs-3g"].contains(where: FileManager.default.fileExists(atPath:))
