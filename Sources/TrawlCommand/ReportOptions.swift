import ArgumentParser
import Bytes
import Findings
import Reports

/// Options for the report's format and content.
struct ReportOptions: ParsableArguments {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case table, inventory, jsonl
  }

  @Option(help: "Format of the report.")
  var format = Format.table

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Write the report to this file instead of stdout; the file appears when it is complete.",
      valueName: "file"),
    completion: .file(), transform: RawArgument.path)
  var output: RawPath?

  @Option(
    help: ArgumentHelp(
      "Lowest confidence that affects the exit status: weak, claimed, strong or confirmed.",
      valueName: "confidence"),
    completion: .list(Confidence.allCases.map(\.rawValue)),
    transform: ReportOptions.confidence)
  var minConfidence = Confidence.claimed

  @Flag(help: "Do not show the progress line on a terminal.")
  var noProgress = false

  var showsProgress: Bool { !noProgress }

  static func confidence(_ text: String) throws -> Confidence {
    guard let confidence = Confidence(rawValue: text) else {
      throw ValidationError("The confidence must be weak, claimed, strong or confirmed.")
    }
    return confidence
  }

  func sink(to output: any TextOutput, isColored: Bool) -> any RecordSink {
    switch format {
    case .table: TableReport(output, isColored: isColored)
    case .inventory: InventoryReport(output)
    case .jsonl: JSONLinesReport(output)
    }
  }

  /// Destination of the report; refuses a file inside a target, which would change the evidence.
  func destination(outside targets: [RawPath]) throws -> any ReportDestination {
    guard let output else {
      try EvidenceSafety.checkStandardOutput(isOutside: targets)
      return StandardOutput()
    }
    try EvidenceSafety.check(output, isOutside: targets)
    return try OutputFile(output)
  }
}
