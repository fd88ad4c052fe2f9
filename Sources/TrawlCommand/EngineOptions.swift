import ArgumentParser
import Evidence
import Trawl

/// How the engine works.
struct EngineOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Scan so many items at a time.", valueName: "count"))
  var jobs = ScanOptions().jobs

  @Option(
    help: ArgumentHelp(
      "Skip items larger than this, and list them; k, M, G, T multiply by 1024.",
      valueName: "size"))
  var maxSize: ByteCount?

  @Option(
    help: ArgumentHelp(
      "Give up on an item after so many seconds, and list it; 0 for never.", valueName: "seconds"))
  var timeout = 3600

  @Option(
    help: ArgumentHelp(
      "Memory that one item may take if it cannot be mapped, such as compressed content in an image.",
      valueName: "size"))
  var memory = ByteCount(count: 256 << 20)

  @Flag(help: "Let libyara scan every item whole: the same answers, many times slower.")
  var noSieve = false

  @Flag(help: "Neither use nor keep what was compiled before, in ~/.cache/trawl.")
  var noCache = false

  @Option(
    help: ArgumentHelp(
      "Scan so many in a hundred of the items that the sieve excluded all the same, and fail if libyara"
        + " finds anything in them; =N% may be left out, and is 5.", valueName: "N%"))
  var verifySieve: Percentage?

  func validate() throws {
    guard (1...1024).contains(jobs) else { throw ValidationError("--jobs takes 1 to 1024.") }
    guard (0...Int(Int32.max)).contains(timeout) else {
      throw ValidationError("--timeout takes a number of seconds.")
    }
  }

  var options: ScanOptions {
    var options = ScanOptions()
    options.jobs = jobs
    options.maximumSize = maxSize?.count
    options.reading.memoryBudget = Int(clamping: memory.count)
    options.timeout = timeout == 0 ? nil : timeout
    options.usesSieve = !noSieve
    options.verifiedPercentage = verifySieve?.value ?? 0
    options.commandLine = CommandLine.arguments
    return options
  }
}

/// A share such as `5` or `5%`.
struct Percentage: ExpressibleByArgument {
  let value: Int

  init?(argument: String) {
    let digits = argument.hasSuffix("%") ? String(argument.dropLast()) : argument
    guard let value = Int(digits), (1...100).contains(value) else { return nil }
    self.value = value
  }
}

/// A number of bytes such as `500`, `64k`, `1G`.
struct ByteCount: ExpressibleByArgument {
  let count: UInt64

  init(count: UInt64) { self.count = count }

  var defaultValueDescription: String { "\(count >> 20)M" }

  init?(argument: String) {
    let shifts: [Character: UInt64] = ["k": 10, "K": 10, "M": 20, "G": 30, "T": 40]
    let shift = argument.last.flatMap { shifts[$0] }
    guard let number = UInt64(shift == nil ? argument : String(argument.dropLast())) else {
      return nil
    }
    let (count, overflow) = number.multipliedReportingOverflow(by: 1 << (shift ?? 0))
    guard !overflow else { return nil }
    self.count = count
  }
}
