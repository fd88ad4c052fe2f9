import Foundation
import TestSupport
import Testing

/// A case that cannot be written: a clear error, everything kept that was written, evidence untouched.
@Suite struct CaseFailureTests {
  /// Runs a shell script in a mount namespace of its own; nil where that is not allowed.
  private func mounted(_ script: String) throws -> Subprocess.Result? {
    let probe = try Subprocess.run("unshare", ["-rm", "true"])
    guard probe.status == 0 else { return nil }
    return try Subprocess.run("unshare", ["-rm", "sh", "-c", script])
  }

  static let mayMount: Bool =
    (try? Subprocess.run("unshare", ["-rm", "mount", "-t", "tmpfs", "none", "/mnt"]).status) == 0

  /// A folder with many files, each of which is a row with a finding, so that the case grows.
  private func evidence(in folder: TemporaryDirectory, files: Int = 4000) throws -> (
    rules: String, tree: String
  ) {
    let rules = try folder.write("rule every { condition: true }", to: "rules.yar")
    for index in 0..<files { try folder.write("file \(index)", to: "tree/\(index)") }
    return (rules, folder.path + "/tree")
  }

  @Test(.enabled(if: CaseFailureTests.mayMount, "needs mount namespaces"))
  func aFullDiskIsAnErrorAndTheCaseResumes() throws {
    let folder = try TemporaryDirectory()
    let (rules, tree) = try evidence(in: folder)
    let arguments = "--signatures \(rules) \(tree)"
    let whole = try CaseScans.plain(["--signatures", rules, tree])
    let script = """
      set -e
      mount -t tmpfs -o size=2m none /mnt
      status=0
      \(Command.path) scan --format jsonl --checkpoint 0.05 --case /mnt/scan.case \(arguments) \
        > /dev/null 2> \(folder.path)/errors || status=$?
      echo "status $status"
      \(Command.path) case verify /mnt/scan.case
      cp /mnt/scan.case* \(folder.path)/
      """
    let result = try #require(try mounted(script))
    #expect(result.text.contains("status 2"), "\(result.text)\(result.errors)")
    #expect(result.text.contains("intact"), "\(result.text)")
    let errors = try String(contentsOfFile: folder.path + "/errors", encoding: .utf8)
    #expect(errors.contains("no space is left for the case"), "\(errors)")
    let resumed = try Subprocess.run(
      Command.path,
      [
        "scan", "--format", "jsonl", "--case", folder.path + "/scan.case", "--signatures", rules,
        tree,
      ])
    #expect(try CaseScans.result(resumed.lines) == whole)
    #expect(resumed.status == 1)
  }

  @Test(.enabled(if: CaseFailureTests.mayMount, "needs mount namespaces"))
  func aScanWaitsForSpace() throws {
    let folder = try TemporaryDirectory()
    let (rules, tree) = try evidence(in: folder, files: 1500)
    let script = """
      mount -t tmpfs -o size=40m none /mnt
      head -c 40400000 /dev/zero > /mnt/filler
      (sleep 2; rm /mnt/filler) &
      \(Command.path) scan --format jsonl --wait-for-space 60 --case /mnt/scan.case \
        --signatures \(rules) \(tree)
      status=$?
      \(Command.path) case verify /mnt/scan.case >&2 || exit 99
      exit $status
      """
    let result = try #require(try mounted(script))
    #expect(result.status == 1, "\(result.errors)")
    #expect(result.errors.contains("waiting for some"), "\(result.errors)")
    #expect(try CaseScans.result(result.lines) == CaseScans.plain(["--signatures", rules, tree]))
  }

  /// A library in front of the C library's makes writes of the case fail, as a broken disk does.
  @Test func anInputOutputErrorEndsTheScanAndKeepsWhatWasWritten() throws {
    let folder = try TemporaryDirectory()
    let (rules, tree) = try evidence(in: folder)
    let source = try folder.write(
      """
      #define _GNU_SOURCE
      #include <dlfcn.h>
      #include <errno.h>
      #include <stdio.h>
      #include <stdlib.h>
      #include <string.h>
      #include <unistd.h>
      static int left = 600;
      static int isCase(int descriptor) {
        char link[64], name[4096];
        snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
        ssize_t count = readlink(link, name, sizeof name - 1);
        if (count < 0) return 0;
        name[count] = 0;
        return strstr(name, ".case") != NULL;
      }
      ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
        static ssize_t (*real)(int, const void *, size_t, off64_t);
        if (!real) real = dlsym(RTLD_NEXT, "pwrite64");
        if (isCase(descriptor) && left-- <= 0) { errno = EIO; return -1; }
        return real(descriptor, bytes, count, offset);
      }
      """, to: "broken.c")
    let library = folder.path + "/broken.so"
    try ContainerFixtures.run("gcc", ["-shared", "-fPIC", "-o", library, source, "-ldl"])
    let file = folder.path + "/scan.case"
    let arguments = ["--checkpoint", "0.02", "--case", file, "--signatures", rules, tree]
    let result = try Subprocess.run(
      Command.path, ["scan", "--format", "jsonl"] + arguments,
      environment: ["LD_PRELOAD": library])
    #expect(result.status == 2)
    #expect(result.errors.contains("cannot be read or written"), "\(result.errors)")
    #expect(try Command.run("case", "verify", file).status == 0)
    let resumed = try Subprocess.run(Command.path, ["scan", "--format", "jsonl"] + arguments)
    #expect(
      try CaseScans.result(resumed.lines) == CaseScans.plain(["--signatures", rules, tree]))
  }

  @Test(.enabled(if: CaseFailureTests.mayMount, "needs mount namespaces"))
  func aFolderThatIsReadOnlyIsAnErrorBeforeTheScan() throws {
    let folder = try TemporaryDirectory()
    let (rules, tree) = try evidence(in: folder)
    let script = """
      mount -t tmpfs -o ro none /mnt
      \(Command.path) scan --case /mnt/scan.case --signatures \(rules) \(tree)
      """
    let result = try #require(try mounted(script))
    #expect(result.status == 2)
    #expect(result.errors.contains("/mnt/scan.case: cannot be written"), "\(result.errors)")
    #expect(!result.text.contains("matched"))
  }
}
