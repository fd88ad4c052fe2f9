import ArgumentParser
import Bytes
import Findings
import Reports

/// How the result is written, and what counts as one.
struct ReportOptions: ParsableArguments {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case table, inventory, jsonl
  }

  @Option(help: "How the result is written.")
  var format = Format.table

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Write to this file instead of stdout; it appears when it is whole.", valueName: "file"),
    completion: .file(), transform: RawArgument.path)
  var output: RawPath?

  @Option(
    help: ArgumentHelp(
      "Findings below this do not affect the exit status: weak, claimed, strong or confirmed.",
      valueName: "confidence"),
    completion: .list(Confidence.allCases.map(\.rawValue)),
    transform: { text in
      guard let confidence = Confidence(rawValue: text) else {
        throw ValidationError("The confidence is weak, claimed, strong or confirmed.")
      }
      return confidence
    })
  var minConfidence = Confidence.claimed

  @Flag(help: "Show no progress line even on a terminal.")
  var noProgress = false

  var showsProgress: Bool { !noProgress }

  func sink(to output: any TextOutput) -> any RecordSink {
    switch format {
    case .table: TableReport(output)
    case .inventory: InventoryReport(output)
    case .jsonl: JSONLinesReport(output)
    }
  }

  /// Where the report goes; refuses a file inside a target, which would change the evidence.
  func destination(outside targets: [RawPath]) throws -> any ReportDestination {
    guard let output else {
      try EvidenceSafety.checkStandardOutput(isOutside: targets)
      return StandardOutput()
    }
    try EvidenceSafety.check(output, isOutside: targets)
    return try OutputFile(output)
  }
}
