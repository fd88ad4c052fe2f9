import Foundation
import TestSupport
import Testing

/// The binary with a libyara other than the one that it was built and compared with. The other
/// library is the real one with one function replaced.
@Suite struct LoadedLibraryTests {
  /// A library that saves rules in a format of the next version.
  private static let otherFormat = """
    #define _GNU_SOURCE
    #include <dlfcn.h>
    #include <string.h>
    #include <yara.h>

    static YR_STREAM *target;
    static size_t position;

    static size_t forward(const void *data, size_t size, size_t count, void *context) {
      (void)context;
      char copy[size * count + 1];
      memcpy(copy, data, size * count);
      if (position <= 4 && position + size * count > 4) copy[4 - position]++;
      position += size * count;
      return target->write(copy, size, count, target->user_data);
    }

    int yr_rules_save_stream(YR_RULES *rules, YR_STREAM *stream) {
      int (*real)(YR_RULES *, YR_STREAM *) = dlsym(RTLD_NEXT, "yr_rules_save_stream");
      YR_STREAM changed = *stream;
      changed.write = forward;
      target = stream;
      position = 0;
      return real(rules, &changed);
    }
    """

  /// A library that reports no match of a rule set scanned at once, which no known release does.
  private static let otherAnswers = """
    #include <yara.h>

    int yr_rules_scan_mem(YR_RULES *rules, const uint8_t *buffer, size_t size, int flags,
                          YR_CALLBACK_FUNC callback, void *context, int timeout) {
      (void)rules, (void)buffer, (void)size, (void)flags;
      (void)callback, (void)context, (void)timeout;
      return ERROR_SUCCESS;
    }
    """

  private func run(with source: String, _ arguments: [String]) throws -> Subprocess.Result {
    let folder = try TemporaryDirectory()
    let code = try folder.write(source, to: "other.c")
    let library = folder.path + "/other.so"
    let compiler = try Subprocess.run(
      "gcc", ["-shared", "-fPIC", "-Wall", "-o", library, code, "-ldl"])
    try #require(compiler.status == 0, "\(compiler.errors)")
    return try Subprocess.run(Command.path, arguments, environment: ["LD_PRELOAD": library])
  }

  private static let rule = "rule marked { strings: $a = \"marked\" condition: $a }"

  private func sample() throws -> (folder: TemporaryDirectory, rules: String) {
    let folder = try TemporaryDirectory()
    try FileManager.default.createDirectory(
      atPath: folder.path + "/items", withIntermediateDirectories: false)
    _ = try folder.write("a marked file", to: "items/marked")
    _ = try folder.write("another file", to: "items/other")
    return (folder, try folder.write(Self.rule, to: "rules.yar"))
  }

  @Test(arguments: ["scan", "match"])
  func aLibraryOfAnotherFormatIsRefused(command: String) throws {
    let (folder, rules) = try sample()
    let arguments =
      command == "scan"
      ? ["scan", "--signatures", rules, folder.path + "/items"]
      : ["match", "-r", rules, folder.path + "/items"]
    let result = try run(with: Self.otherFormat, arguments)
    #expect(result.status == (command == "scan" ? 2 : 1))
    #expect(result.lines.isEmpty)
    #expect(result.errors.contains("this program was built for libyara"))
    #expect(result.errors.contains("Install libyara"))
  }

  @Test func aLibraryOfOtherAnswersScansWithoutTheSieve() throws {
    let (folder, rules) = try sample()
    let result = try run(
      with: Self.otherAnswers,
      ["scan", "--format", "jsonl", "--signatures", rules, folder.path + "/items"])
    #expect(result.status == 1)
    #expect(result.errors.contains("note: libyara"))
    let lines = try OutputRecord.all(in: result.lines)
    #expect(lines.ofType("finding").count == 1)
    let summary = try #require(lines.ofType("summary").first)
    #expect(summary.scannedByLibyara == 2)
    let custody = try #require(summary.custody)
    #expect(custody.withoutSieve?.contains("proven") == true)
  }

  @Test func matchPrintsTheSameLinesWithoutTheSieve() throws {
    let (folder, rules) = try sample()
    let result = try run(with: Self.otherAnswers, ["match", "-r", rules, folder.path + "/items"])
    #expect(result.status == 0)
    #expect(result.lines == ["marked \(folder.path)/items/marked"])
    #expect(result.errors.contains("note: libyara"))
  }
}
