import Bytes
import Yara

/// Parsed arguments of `trawl match`.
struct MatchArguments {
  enum Format: String { case text, jsonl }

  /// All `[NAMESPACE:]RULES_FILE` arguments.
  let ruleFiles: [[UInt8]]
  /// Path of the target.
  let target: RawPath
  let values: ArgumentTable.Values
  let format: Format

  /// Options of the installed libyara's `yara`, then our own.
  static let table = ArgumentTable(
    options: options + (Library.release >= (4, 5) ? optionsOf45 : []) + ownOptions)

  private static let options: [ArgumentTable.Option] = [
    .init(short: nil, long: "atom-quality-table", kind: .text),
    .init(short: "C", long: "compiled-rules", kind: .flag),
    .init(short: "c", long: "count", kind: .flag),
    .init(short: "d", long: "define", kind: .text, maximum: 32),
    .init(short: nil, long: "fail-on-warnings", kind: .flag),
    .init(short: "f", long: "fast-scan", kind: .flag),
    .init(short: "h", long: "help", kind: .flag),
    .init(short: "i", long: "identifier", kind: .text, maximum: 32),
    .init(short: nil, long: "max-process-memory-chunk", kind: .integer),
    .init(short: "l", long: "max-rules", kind: .integer),
    .init(short: nil, long: "max-strings-per-rule", kind: .integer),
    .init(short: "x", long: "module-data", kind: .text, maximum: 32),
    .init(short: "n", long: "negate", kind: .flag),
    .init(short: "N", long: "no-follow-symlinks", kind: .flag),
    .init(short: "w", long: "no-warnings", kind: .flag),
    .init(short: "m", long: "print-meta", kind: .flag),
    .init(short: "D", long: "print-module-data", kind: .flag),
    .init(short: "e", long: "print-namespace", kind: .flag),
    .init(short: "S", long: "print-stats", kind: .flag),
    .init(short: "s", long: "print-strings", kind: .flag),
    .init(short: "L", long: "print-string-length", kind: .flag),
    .init(short: "g", long: "print-tags", kind: .flag),
    .init(short: "r", long: "recursive", kind: .flag),
    .init(short: nil, long: "scan-list", kind: .flag),
    .init(short: "z", long: "skip-larger", kind: .integer),
    .init(short: "k", long: "stack-size", kind: .integer),
    .init(short: "t", long: "tag", kind: .text, maximum: 32),
    .init(short: "p", long: "threads", kind: .integer),
    .init(short: "a", long: "timeout", kind: .integer),
    .init(short: "v", long: "version", kind: .flag),
  ]

  private static let optionsOf45: [ArgumentTable.Option] = [
    .init(short: "q", long: "disable-console-logs", kind: .flag),
    .init(short: "M", long: "module-names", kind: .flag),
    .init(short: "X", long: "print-xor-key", kind: .flag),
    .init(short: "E", long: "strict-escape", kind: .flag),
  ]

  private static let ownOptions: [ArgumentTable.Option] = [
    .init(short: nil, long: "format", kind: .text, takesNext: true),
    .init(short: nil, long: "completeness", kind: .flag),
    .init(short: nil, long: "exit-code", kind: .flag),
    .init(short: nil, long: "no-sieve", kind: .flag),
    .init(short: nil, long: "no-cache", kind: .flag),
  ]

  /// Validates parsed arguments. Throws the message of `yara` for invalid ones.
  init(_ values: ArgumentTable.Values) throws(ArgumentTable.Failure) {
    func failure(_ text: String) -> ArgumentTable.Failure { .init(message: Array(text.utf8)) }
    if let threads = values.integers["threads"], threads > 32 {
      throw failure("maximum number of threads is 32")
    }
    guard values.names.count >= 2, let last = values.names.last else {
      throw failure(
        "yara: wrong number of arguments\n\(MatchHelp.usage)\n\nTry `--help` for more options")
    }
    let word = values.texts["format"]?.first ?? Array("text".utf8)
    guard let format = Format(rawValue: String(decoding: word, as: UTF8.self)) else {
      throw failure("--format must be text or jsonl")
    }
    self.format = format
    self.values = values
    ruleFiles = values.names.dropLast()
    target = RawPath(last)
  }

  func has(_ flag: String) -> Bool { values.flags.contains(flag) }

  func integer(_ option: String) -> Int { values.integers[option] ?? 0 }

  func texts(_ option: String) -> [[UInt8]] { values.texts[option] ?? [] }
}
