import Bytes
import Files
import Glibc
import Trawl
import Yara

/// What is scanned, and how: from the arguments as they were typed to options of the engine.
struct MatchTarget {
  /// Why nothing is scanned.
  struct Refusal {
    let message: [UInt8]
    /// Whether yara would have done it.
    var isOurs = false
  }

  private(set) var paths: [RawPath] = []
  /// Whether one file was named.
  private(set) var isSingle = false
  private(set) var refusal: Refusal?
  private(set) var source = YaraSource.Options()
  var options = MatchOptions()

  init(_ arguments: MatchArguments) {
    source.isRecursive = arguments.has("recursive")
    source.followsSymbolicLinks = !arguments.has("no-follow-symlinks")
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
          "trawl: with \(threads) threads yara scans nothing, and waits for ever if there is much to scan"
            .utf8), isOurs: true)
    }
  }

  /// A number that is no file is a process to yara.
  private mutating func refuseProcess(_ target: RawPath) {
    guard let number = CNumber.integer(target.bytes, base: 10), number > 0,
      target.withCString({ access($0, R_OK) }) != 0
    else { return }
    refusal = Refusal(
      message: Array("trawl: ".utf8) + target.bytes
        + Array(": there is no such file, and processes are not scanned".utf8), isOurs: true)
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
    let wantsStrings = ["print-strings", "print-string-length"].contains(where: arguments.has)
    options.scanner.reportsStrings =
      !arguments.has("count") && (wantsStrings || arguments.format == .jsonl)
    options.scanner.isFast = arguments.has("fast-scan")
    options.scanner.printsModuleData = arguments.has("print-module-data")
    // What these show, or make fail, is in excluded items too.
    options.usesSieve = !["negate", "print-module-data", "no-sieve"].contains(where: arguments.has)
    if arguments.values.integers["stack-size"] != nil || !arguments.texts("module-data").isEmpty {
      options.usesSieve = false
    }
    // Nothing smaller can hold a string a million times (YR_MAX_STRING_MATCHES).
    if arguments.has("fail-on-warnings"), !arguments.has("no-warnings") {
      options.sizeOfWholeScans = 1_000_000
    }
  }
}
