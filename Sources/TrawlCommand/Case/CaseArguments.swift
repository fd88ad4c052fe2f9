import ArgumentParser
import Bytes
import Cases
import Engine

/// Options of a scan that keeps its results in a case.
struct CaseArguments: ParsableArguments {
  @Option(
    name: .customLong("case"),
    help: ArgumentHelp(
      "Also keep the results in this file, a case; the same command resumes an interrupted scan.",
      valueName: "file"),
    completion: .file(), transform: RawArgument.path)
  var file: RawPath?

  @Flag(help: "Remove the content of the case, and begin again.")
  var restart = false

  @Option(
    help: ArgumentHelp(
      "Write the case at least this often, in seconds; a crash loses no more work than that.",
      valueName: "duration"))
  var checkpoint = Seconds(value: 1)

  @Option(
    help: ArgumentHelp(
      "Wait up to this long for space if the file system of the case is full: seconds, or with the suffix m or h.",
      valueName: "duration"))
  var waitForSpace = Seconds(value: 0)

  func validate() throws {
    guard file != nil || !restart else { throw ValidationError("--restart needs --case.") }
    guard checkpoint.value >= 0.01, checkpoint.value <= 3600 else {
      throw ValidationError("--checkpoint must be 0.01 to 3600 seconds.")
    }
    guard file?.bytes.isEmpty != true else {
      throw ValidationError("The name of the case is empty.")
    }
  }

  /// Opens the case for a scan; nil without one.
  func writer(for scan: CaseScan, say: @escaping @Sendable (String) -> Void) throws -> CaseWriter? {
    guard let file else { return nil }
    var options = CaseOptions()
    options.restarts = restart
    options.interval = .milliseconds(Int(checkpoint.value * 1000))
    options.waitForSpace = .milliseconds(Int(waitForSpace.value * 1000))
    options.say = say
    return try CaseWriter(file, scan, options: options)
  }
}

/// Duration such as `30`, `0.5`, `90s`, `10m`, `2h`.
struct Seconds: ExpressibleByArgument {
  let value: Double

  init(value: Double) { self.value = value }

  var defaultValueDescription: String { value == value.rounded() ? "\(Int(value))" : "\(value)" }

  init?(argument: String) {
    let factors: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
    let factor = argument.last.flatMap { factors[$0] }
    let digits = factor == nil ? argument : String(argument.dropLast())
    guard let number = Double(digits), number.isFinite, number >= 0, number * (factor ?? 1) < 1e9
    else { return nil }
    value = number * (factor ?? 1)
  }
}
