import Bytes
import Catalogue
import Glibc
import Profiles

/// Runs `yara` and `trawl match` in turn with the same rules on the same files.
struct YaraPeer {
  let signatures: SignatureOptions
  let targets: [RawPath]
  let jobs: Int
  let runs: Int

  /// The program, if it can be found.
  static var path: String? {
    let folders = getenv("PATH").map { String(cString: $0) } ?? ""
    return folders.split(separator: ":").map { "\($0)/yara" }.first { access($0, X_OK) == 0 }
  }

  /// Times of both; nil if there is no `yara`, or it cannot scan these targets.
  func run(say: (String) -> Void) throws -> BenchResult.Peer? {
    guard let yara = Self.path, let own = RawPath("/proc/self/exe").resolved?.utf8,
      let target = targets.first?.utf8, targets.count == 1
    else { return nil }
    let folder = try BenchFolder()
    defer { folder.remove() }
    var rules = try signatures.signatures.flatMap { try RuleFiles.files(at: $0) }
    if rules.isEmpty {
      rules = [try folder.write(VendorProfile.kaspersky.rules, to: "rules.yar")]
    }
    let arguments =
      ["-r", "-w", "-N", "-p", "\(min(32, jobs))"]
      + signatures.define.flatMap { ["-d", $0.argument] } + rules + [target]
    var times = (yara: [Double](), own: [Double]())
    var isEqual = true
    for run in 0...runs {
      say(run == 0 ? "yara, to fill caches" : "yara \(run) of \(runs)")
      let first = try folder.run([yara] + arguments)
      let second = try folder.run([own, "match"] + arguments)
      isEqual = isEqual && first.lines == second.lines && first.status == second.status
      guard run > 0 else { continue }
      times.yara.append(first.seconds)
      times.own.append(second.seconds)
    }
    let (peer, trawl) = (BenchResult.Times(times.yara), BenchResult.Times(times.own))
    return BenchResult.Peer(
      name: "yara", version: try folder.run([yara, "--version"]).lines.first ?? "", seconds: peer,
      trawl: trawl, ratio: peer.median / max(trawl.median, 1e-9), equal: isEqual)
  }
}

/// A temporary folder, and programs whose output goes there.
private struct BenchFolder {
  private let path: String

  init() throws {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/trawl-bench.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw Failure("\(parent): \(String(cString: strerror(errno))); set TMPDIR")
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  func remove() {
    for name in ["rules.yar", "output"] { unlink("\(path)/\(name)") }
    rmdir(path)
  }

  /// Writes a file; returns its path.
  func write(_ text: String, to name: String) throws -> String {
    let file = try OutputFile(RawPath("\(path)/\(name)"))
    try file.write(text)
    try file.finish()
    return "\(path)/\(name)"
  }

  /// Runs a program to its end; its lines are sorted.
  func run(_ arguments: [String]) throws -> (seconds: Double, lines: [String], status: Int32) {
    let output = "\(path)/output"
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(
      &actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
    words.append(nil)
    defer { for word in words { free(word) } }
    var child: pid_t = 0
    let start = ContinuousClock.now
    let failure = posix_spawn(&child, arguments[0], &actions, nil, &words, environ)
    guard failure == 0 else {
      throw Failure("\(arguments[0]): \(String(cString: strerror(failure)))")
    }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    let seconds = Benchmark.seconds(since: start)
    let text = String(decoding: try RuleFiles.bytes(of: output, kind: "output"), as: UTF8.self)
    return (seconds, text.split(separator: "\n").map(String.init).sorted(), status)
  }
}
