import Reports

/// A benchmark as text for people.
enum BenchText {
  /// Number of rules that are named.
  private static let mostRules = 10

  static func text(of result: BenchResult) -> String {
    func seconds(_ value: Double) -> String { BenchComparison.number(value, 3) }
    func rate(_ bytes: UInt64, _ seconds: Double) -> String {
      seconds > 0 ? BenchComparison.number(Double(bytes) / seconds / 1e6, 0) : ""
    }
    var text =
      "\(result.items) items, \(result.bytes) bytes; \(result.bytesRead) bytes read,"
      + " \(result.candidates) candidates, \(result.findings) findings\n"
    text +=
      "scan: \(seconds(result.scan.median)) s (\(seconds(result.scan.least)) to"
      + " \(seconds(result.scan.greatest)), \(result.runs) runs, \(result.jobs) jobs),"
      + " \(seconds(result.processor.median)) s of processor time,"
      + " \(rate(result.bytes, result.scan.median)) MB/s of content,"
      + " \(BenchComparison.number(Double(result.memory) / 1e6, 0)) MB\n"
    text += "compiling the rules: \(seconds(result.compile)) s\n\nStages, on one thread:\n"
    var stages = TextTable(["STAGE", "ITEMS", "MB", "SECONDS", "MB/S"])
    for stage in result.stages {
      // Opening reads nothing.
      let isReading = stage.name != "open"
      stages.add([
        stage.name, "\(stage.items)",
        isReading ? BenchComparison.number(Double(stage.bytes) / 1e6, 1) : "",
        seconds(stage.seconds), isReading ? rate(stage.bytes, stage.seconds) : "",
      ])
    }
    text += stages.text
    if !result.ruleCosts.isEmpty {
      text += "\nMost expensive rules, of libyara's time for each alone:\n"
      var rules = TextTable(["RULE", "ITEMS", "MB", "SECONDS"])
      for rule in result.ruleCosts.prefix(mostRules) {
        rules.add([
          Printable.text(rule.rule), "\(rule.items)",
          BenchComparison.number(Double(rule.bytes) / 1e6, 1), seconds(rule.seconds),
        ])
      }
      text += rules.text
    }
    if let peer = result.peer {
      text +=
        "\n\(peer.name) \(peer.version): \(seconds(peer.seconds.median)) s, trawl match:"
        + " \(seconds(peer.trawl.median)) s, ratio \(BenchComparison.number(peer.ratio, 2))"
        + (peer.equal ? ", the same lines\n" : ", OTHER LINES\n")
    }
    return text
  }
}
