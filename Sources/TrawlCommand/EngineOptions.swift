import ArgumentParser
import Engine
import Evidence

/// Options of the engine.
struct EngineOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Number of items to scan at the same time.", valueName: "count"))
  var jobs = ScanOptions().jobs

  @Option(
    help: ArgumentHelp(
      "Skip and list items larger than this; the suffixes k, M, G and T multiply by 1024.",
      valueName: "size"))
  var maxSize: ByteCount?

  @Option(
    help: ArgumentHelp(
      "Abandon and list an item after this many seconds; 0 means never.", valueName: "seconds"))
  var timeout = 3600

  @Option(
    help: ArgumentHelp(
      "Memory limit per item that cannot be mapped, such as compressed content in an image.",
      valueName: "size"))
  var memory = ByteCount(count: 256 << 20)

  @Flag(
    help:
      "Scan every item with libyara, without the prefilter: the same findings, many times slower.")
  var noSieve = false

  @Flag(help: "Do not read or write compiled rules in ~/.cache/trawl.")
  var noCache = false

  @Option(
    help: ArgumentHelp(
      "Check the prefilter (the sieve): scan this percentage of the excluded items with libyara as well,"
        + " and fail if one of them matches; 5% without a value.", valueName: "N%"))
  var verifySieve: Percentage?

  func validate() throws {
    guard (1...1024).contains(jobs) else { throw ValidationError("--jobs must be 1 to 1024.") }
    guard (0...Int(Int32.max)).contains(timeout) else {
      throw ValidationError("--timeout must be a number of seconds.")
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

/// Percentage such as `5` or `5%`.
struct Percentage: ExpressibleByArgument {
  let value: Int

  init(value: Int) { self.value = value }

  var defaultValueDescription: String { "\(value)%" }

  init?(argument: String) {
    let digits = argument.hasSuffix("%") ? String(argument.dropLast()) : argument
    guard let value = Int(digits), (1...100).contains(value) else { return nil }
    self.value = value
  }
}

/// Number of bytes such as `500`, `64k`, `1G`.
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
