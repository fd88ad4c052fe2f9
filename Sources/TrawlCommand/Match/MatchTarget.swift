import Bytes
import Engine
import Files
import Glibc
import Yara

/// Target of the scan: converts command-line arguments to options of the engine.
struct MatchTarget {
  /// Reason why nothing is scanned.
  struct Refusal {
    let message: [UInt8]
    /// Whether `yara` would have scanned it.
    var isOurs = false
  }

  private(set) var paths: [RawPath] = []
  /// Whether a single file was named.
  private(set) var isSingle = false
  private(set) var refusal: Refusal?
  private(set) var source = YaraSource.Options()
  var options = MatchOptions()

  init(_ arguments: MatchArguments) {
    source.isRecursive = arguments.has("recursive")
    source.followsSymbolicLinks = !arguments.has("no-follow-symlinks")
    source.follows45 = Library.release >= (4, 5)
    source.skippedSize = Int64(arguments.integer("skip-larger"))
    setPaths(arguments)
    setOptions(arguments)
  }

  private mutating func setPaths(_ arguments: MatchArguments) {
    let target = arguments.target
    let isDirectory = YaraSource.isDirectory(target)
    paths = [target]
    if arguments.has("scan-list") {
      guard !isDirectory else {
        refusal = Refusal(message: Array("error: cannot use a directory as scan list.".utf8))
        return
      }
      do throws(SystemCallError) {
        paths = YaraSource.paths(ofList: try MatchRules.read(target))
      } catch {
        refusal = Refusal(
          message: Array("error: could not open file \"".utf8) + target.bytes + Array("\".".utf8))
      }
    } else if !isDirectory {
      isSingle = true
      refuseProcess(target)
    }
    if !isSingle, let threads = arguments.values.integers["threads"], threads <= 0 {
      refusal = Refusal(
        message: Array(
          "trawl: with \(threads) threads yara scans nothing, or waits forever"
            .utf8), isOurs: true)
    }
  }

  /// Refuses a number that is not a file: to yara it is a process.
  private mutating func refuseProcess(_ target: RawPath) {
    guard let number = CNumber.integer(target.bytes, base: 10), number > 0,
      target.withCString({ access($0, R_OK) }) != 0
    else { return }
    refusal = Refusal(
      message: Array("trawl: ".utf8) + target.bytes
        + Array(": no such file (processes are not scanned)".utf8), isOurs: true)
  }

  private mutating func setOptions(_ arguments: MatchArguments) {
    if let threads = arguments.values.integers["threads"] { options.jobs = max(1, threads) }
    if isSingle { options.jobs = 1 }
    if let seconds = arguments.values.integers["timeout"] {
      let seconds = Int(Int32(truncatingIfNeeded: seconds))
      if isSingle {
        options.scanner.timeout = seconds > 0 ? seconds : nil
      } else {
        options.deadline = time(nil) + seconds
      }
    }
    let wantsStrings = ["print-strings", "print-string-length", "print-xor-key"].contains(
      where: arguments.has)
    options.scanner.reportsStrings =
      !arguments.has("count") && (wantsStrings || arguments.format == .jsonl)
    options.scanner.isFast = arguments.has("fast-scan")
    options.scanner.printsModuleData = arguments.has("print-module-data")
    // These options depend on excluded items, too.
    options.usesSieve = !["negate", "print-module-data", "no-sieve"].contains(where: arguments.has)
    if arguments.values.integers["stack-size"] != nil || !arguments.texts("module-data").isEmpty {
      options.usesSieve = false
    }
    // Smaller items can neither contain a string a million times (YR_MAX_STRING_MATCHES), nor be
    // searched too slowly (YR_FILE_SIZE_THRESHOLD, since 4.5).
    if arguments.has("fail-on-warnings"), !arguments.has("no-warnings") {
      options.sizeOfWholeScans = Library.release >= (4, 5) ? 200_000 : 1_000_000
    }
  }
}
