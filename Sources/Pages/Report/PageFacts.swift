import Bytes
import Evidence
import Findings
import Results

/// Facts that a page shows of all findings at once: their times, and their places on media.
struct PageFacts {
  /// Findings in a part of a medium: the highest confidence, and how many.
  struct Mark {
    var count = 0
    var confidence = Confidence.weak
  }

  /// Parts that the picture of a medium has.
  static let parts = 400

  /// Numbers of times by month, such as `2017-09`.
  private(set) var created = [String: Int]()
  private(set) var modified = [String: Int]()
  private(set) var recorded = [String: Int]()
  /// Marks by scan, medium and part.
  private(set) var marks = [Int: [RawPath: [Int: Mark]]]()

  private var sizes = [Int: [RawPath: UInt64]]()

  init(_ results: ResultSet) {
    for scan in results.scans {
      for medium in scan.summary?.media ?? [] {
        sizes[scan.index, default: [:]][medium.evidence] = medium.size
      }
    }
  }

  mutating func add(_ finding: ResultFinding, of scan: ResultScan) {
    count(finding.times.created, in: \.created)
    count(finding.times.modified, in: \.modified)
    for trace in finding.traces { count(trace.written, in: \.recorded) }
    let evidence = finding.locator.evidence
    guard let run = finding.locator.runs.first, let size = sizes[scan.index]?[evidence], size > 0,
      run.offset < size
    else { return }
    let part = Int(Double(run.offset) / Double(size) * Double(Self.parts))
    var mark = marks[scan.index]?[evidence]?[part] ?? Mark()
    mark.count += 1
    mark.confidence = max(mark.confidence, finding.confidence ?? .claimed)
    marks[scan.index, default: [:]][evidence, default: [:]][part] = mark
  }

  private mutating func count(
    _ time: Timestamp?, in months: WritableKeyPath<PageFacts, [String: Int]>
  ) {
    // Times before file systems had clocks are not set.
    guard let text = time?.rfc3339, text >= "1980" else { return }
    self[keyPath: months][String(text.prefix(7)), default: 0] += 1
  }
}
