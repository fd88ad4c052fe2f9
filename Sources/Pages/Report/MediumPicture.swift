import Bytes
import Evidence
import Findings
import Reports
import Results

/// A picture of a medium: its volumes, where the findings lie, and the account of its bytes.
enum MediumPicture {
  private static let width = 1000.0

  /// SVG without any script or style of its own; classes come from the page.
  static func svg(
    of medium: ResultMedium, volumes: [Volume], marks: [Int: PageFacts.Mark]
  ) -> String {
    guard medium.size > 0 else { return "" }
    let name = HTMLText.escaped(medium.evidence.shown)
    var svg =
      "<svg class=\"medium\" viewBox=\"0 0 1000 118\" role=\"img\" aria-label=\"Volumes and findings"
      + " of \(name)\"><title>Volumes and findings of \(name)</title>"
      + "<rect class=\"gap\" x=\"0\" y=\"24\" width=\"1000\" height=\"40\"/>"
    for volume in volumes.sorted(by: { $0.start < $1.start }) {
      let start = place(volume.start, medium)
      let length = max(2, place(volume.length, medium))
      let label = HTMLText.escaped("volume \(volume.index): \(volume.type)")
      svg +=
        "<rect class=\"volume\" x=\"\(number(start))\" y=\"24\" width=\"\(number(min(length, width - start)))\""
        + " height=\"40\"><title>\(label)</title></rect>"
      if length > 60 { svg += "<text x=\"\(number(start + 4))\" y=\"58\">\(label)</text>" }
    }
    for (part, mark) in marks.sorted(by: { $0.key < $1.key }) {
      let x = (Double(part) + 0.5) * width / Double(PageFacts.parts)
      let height = min(20, 6 + 4 * Double(String(mark.count).count))
      svg +=
        "<rect class=\"mark \(mark.confidence.rawValue)\" x=\"\(number(x - 1.2))\""
        + " y=\"\(number(22 - height))\" width=\"2.4\" height=\"\(number(height + 22))\"><title>"
        + "\(mark.count) \(mark.count == 1 ? "finding" : "findings"), up to"
        + " \(mark.confidence.rawValue)</title></rect>"
    }
    var x = 0.0
    for (key, bytes) in medium.parts where bytes > 0 {
      let length = place(bytes, medium)
      svg +=
        "<rect class=\"part \(key)\" x=\"\(number(x))\" y=\"76\" width=\"\(number(length))\" height=\"18\"><title>"
        + "\(label(of: key)): \(SummaryText.bytes(bytes))</title></rect>"
      x += length
    }
    return svg + "<text x=\"0\" y=\"112\">0</text><text x=\"1000\" y=\"112\" text-anchor=\"end\">"
      + "\(SummaryText.bytes(medium.size))</text></svg>"
  }

  /// Words for a part of the account.
  static func label(of key: String) -> String {
    switch key {
    case "items": "in files"
    case "gaps": "unpartitioned"
    case "unread": "not read"
    default: key
    }
  }

  private static func place(_ offset: UInt64, _ medium: ResultMedium) -> Double {
    min(1, Double(offset) / Double(medium.size)) * width
  }

  private static func number(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(abs(tenths % 10))"
  }
}

/// A picture of the times of findings: one bar for each month or year.
enum TimelinePicture {
  /// Counts by period in order, without periods that have none; years if the months are too many.
  static func periods(_ facts: PageFacts) -> [(name: String, counts: [Int])] {
    let series = [facts.created, facts.modified, facts.recorded]
    let months = Set(series.flatMap(\.keys))
    let length = months.count > 60 ? 4 : 7
    var periods = [String: [Int]]()
    for (rank, counts) in series.enumerated() {
      for (month, count) in counts {
        periods[String(month.prefix(length)), default: [0, 0, 0]][rank] += count
      }
    }
    return periods.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  static func svg(_ periods: [(name: String, counts: [Int])]) -> String {
    guard let most = periods.flatMap(\.counts).max(), most > 0 else { return "" }
    let step = 1000 / periods.count
    let width = max(1, min(60, step))
    var svg =
      "<svg class=\"timeline\" viewBox=\"0 0 1000 140\" role=\"img\" aria-label=\"Times of findings\">"
      + "<title>Times of findings</title><line class=\"axis\" x1=\"0\" y1=\"110\" x2=\"1000\" y2=\"110\"/>"
    for (rank, period) in periods.enumerated() {
      let x = rank * width
      for (series, count) in period.counts.enumerated() where count > 0 {
        let height = max(2, count * 100 / most)
        let bar = max(1, width / 3 - 1)
        let name = ["created", "modified", "recorded"][series]
        svg +=
          "<rect class=\"bar \(name)\" x=\"\(x + series * (bar + 1))\" y=\"\(110 - height)\" width=\"\(bar)\""
          + " height=\"\(height)\"><title>\(period.name): \(count) \(name)</title></rect>"
      }
      let every = max(1, 60 / width)
      if rank.isMultiple(of: every) {
        svg += "<text x=\"\(x)\" y=\"128\">\(period.name)</text>"
      }
    }
    return svg + "</svg>"
  }
}
