import Bytes
import Evidence
public import Findings

/// Report for people: one block per finding and problems as they occur, then inventory and
/// summary.
public final class TableReport: RecordSink {
  private let output: any TextOutput
  private let products = Collected()
  private let isColored: Bool

  /// Creates a report to `output`, with colours of a terminal if requested.
  public init(_ output: any TextOutput, isColored: Bool = false) {
    self.output = output
    self.isColored = isColored
  }

  /// Writes one record.
  public func receive(_ record: Record) throws {
    switch record {
    case .finding(let finding): try output.write(Self.text(of: finding, isColored))
    // Problems go to stderr as they occur, and into the summary's counts; context is for machines.
    case .problem, .context: break
    case .product(let product): products.add(product)
    case .summary(let summary):
      let found = products.all
      let inventory = found.isEmpty ? "" : "\n" + ProductTable.text(of: found) + "\n"
      try output.write(inventory + SummaryText.text(of: summary))
    }
  }

  private static func text(of finding: Finding, _ isColored: Bool) -> String {
    let claim = finding.attribution
    let level = claim.confidence?.rawValue ?? "matched"
    let stream = finding.locator.stream.map { ":" + $0.shown } ?? ""
    var text =
      "\(Self.colored(level.padded(to: 9), claim.confidence, isColored))  \((claim.component?.rawValue ?? "-").padded(to: 13))  "
      + "\(finding.locator.path.shown)\(stream)\n"
    func line(_ name: String, _ value: String?) {
      guard let value, !value.isEmpty else { return }
      text += "           \(name.padded(to: 8))  \(Printable.text(value))\n"
    }
    line("place", place(of: finding))
    line("product", claim.product)
    line(
      "version",
      [claim.version, claim.productVersion.map { "product \($0)" }]
        .compactMap(\.self).joined(separator: ", "))
    line("rules", finding.matches.map(\.rule).joined(separator: " "))
    for reason in claim.reasons { line("because", reason) }
    if !finding.isPartial { line("sha256", Hexadecimal.text(of: finding.digest.sha256)) }
    return text
  }
}

extension TableReport {
  /// Text in the colour of a confidence (ECMA-48, SGR).
  private static func colored(_ text: String, _ confidence: Confidence?, _ isColored: Bool)
    -> String
  {
    guard isColored else { return text }
    let color =
      switch confidence {
      case .confirmed?: 31
      case .strong?: 35
      case .claimed?, nil: 33
      case .weak?: 2
      }
    return "\u{1B}[\(color)m\(text)\u{1B}[0m"
  }

  /// Location of a finding in its image; nil on a live file system.
  private static func place(of finding: Finding) -> String? {
    guard let volume = finding.locator.volume else { return nil }
    var parts = ["volume \(volume.index) (\(volume.type))"]
    if let inode = finding.inode { parts.append("inode \(inode)") }
    if let state = finding.locator.state, state != .allocated { parts.append(state.rawValue) }
    if let run = finding.locator.runs.first {
      let count = finding.locator.runs.count
      parts.append("byte \(run.offset)" + (count > 1 ? ", in \(count) runs" : ""))
    }
    return parts.joined(separator: ", ")
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
