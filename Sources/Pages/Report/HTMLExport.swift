import Bytes
import Findings
package import Reports
package import Results

/// The report for people: one HTML file that needs nothing else. A summary first, then the findings,
/// items that were not scanned, the media and the times. The data of the findings is behind everything that
/// is visible, and waits in a temporary file: the summary counts them.
package struct HTMLExport: ResultExport {
  package static let fileNames = ["report.html"]

  private let results: ResultSet
  private let file: ReportFile
  private let data: SpooledBlocks
  private var rows = FindingRows()
  private var facts: PageFacts
  private var problems = ProblemRows()

  package init(_ results: ResultSet, to files: [ReportFile]) throws {
    self.results = results
    file = files[0]
    data = try SpooledBlocks()
    facts = PageFacts(results)
  }

  package mutating func add(_ entry: ResultEntry, of scan: ResultScan) throws {
    problems.add(entry, of: scan)
    guard case .finding(let finding) = entry.record else { return }
    facts.add(finding, of: scan)
    try rows.add(finding, of: scan, to: data)
  }

  package mutating func finish() throws {
    try rows.finish(to: data)
    let summary = PageSummary(results)
    try file.write(PageFrame.head(title: summary.title, script: PageScript.text))
    try file.write(PageTemplate(ReportTemplate.text, .html).render(values(summary)))
    try data.write(to: file)
    try file.write(PageFrame.foot(script: PageScript.text))
  }

  private func values(_ summary: PageSummary) -> JSON {
    let periods = TimelinePicture.periods(facts)
    let counts = periods.map { name, counts in
      JSON.object([
        ("name", .string(name)), ("created", .integer(Int64(counts[0]))),
        ("modified", .integer(Int64(counts[1]))), ("recorded", .integer(Int64(counts[2]))),
      ])
    }
    let first: [(key: String, value: JSON?)] = [
      ("title", .string(summary.title)), ("verdict", summary.verdict),
      ("products", .array(summary.products)), ("moreProducts", summary.moreProducts),
      ("endpoints", .integer(Int64(summary.endpoints))), ("reasons", .array(summary.reasons)),
      ("problems", .array(problems.rows)), ("moreProblems", summary.moreProblems),
    ]
    return .object(
      first + [
        ("scans", .array(summary.scans)), ("moreScans", summary.moreScans),
        ("media", .array(media)), ("moreMedia", moreMedia),
        ("timeline", .string(TimelinePicture.svg(periods))), ("periods", .array(counts)),
      ])
  }

  /// Pictures of media at most; a fleet has thousands.
  private static let mostMedia = 50

  private var media: [JSON] {
    var media = [JSON]()
    for scan in results.scans {
      for medium in scan.summary?.media ?? [] where media.count < Self.mostMedia {
        let volumes = scan.volumes[medium.evidence].map { Array($0.values) } ?? []
        let marks = facts.marks[scan.index]?[medium.evidence] ?? [:]
        let picture = MediumPicture.svg(of: medium, volumes: volumes, marks: marks)
        media.append(values(medium, picture))
      }
    }
    return media
  }

  private func values(_ medium: ResultMedium, _ picture: String) -> JSON {
    let stored = (medium.verification?.stored ?? [:]).sorted { $0.key < $1.key }.map {
      "\($0.key) \($0.value ? "as stored" : "DIFFERENT from the stored one")"
    }
    let parts = medium.parts.map { key, bytes in
      JSON.object([
        ("key", .string(MediumPicture.label(of: key))), ("class", .string(key)),
        ("bytes", .string(String(bytes))), ("shown", .string(SummaryText.bytes(bytes))),
      ])
    }
    return .object([
      ("name", .string(medium.evidence.shown)), ("picture", .string(picture)),
      ("parts", .array(parts)), ("size", .string(String(medium.size))),
      ("verification", .string(stored.joined(separator: ", "))),
      ("sha256", medium.verification?.sha256.map(JSON.string)),
    ])
  }

  private var moreMedia: JSON? {
    let count = results.scans.reduce(0) { $0 + ($1.summary?.media.count ?? 0) } - Self.mostMedia
    return count > 0 ? .integer(Int64(count)) : nil
  }
}
