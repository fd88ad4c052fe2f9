import Archives
import Engine
import Evidence
import Files
import Findings
import Foundation
import Images
import Locks
import Reports
import TestSupport

/// One scan of a damaged image like `trawl scan --format jsonl`, with everything in its account
/// that does not add up.
struct Examination {
  private(set) var faults: [String] = []
  /// Whether the image could be opened at all.
  private(set) var isOpened = false
  private(set) var items = 0
  private(set) var problems = 0

  /// Seconds allowed for a volume, and for an item.
  static let patience = 2
  /// Seconds allowed for an archive.
  private static let archivePatience = 15

  init(_ patient: Patient, _ rules: RuleSet, pretendsMiscount: Bool = false) {
    var options = ImageSource.Options()
    options.timeout = Self.patience
    let isImage = !patient.isOpened || patient.name.hasSuffix(".dd")
    let source = CountedSource(
      isImage ? ImageSource(patient.image, options: options) : FileSource([patient.image]))
    var scanOptions = ScanOptions()
    scanOptions.timeout = Self.patience
    scanOptions.archives = .all
    scanOptions.images = .all
    scanOptions.archiveLimits.seconds = Self.archivePatience
    scanOptions.archiveLimits.imageSeconds = Self.archivePatience
    let lines = Lines()
    let sink = CountingSink(JSONLinesReport(lines))
    let journal = CountedJournal()
    do {
      let scan = Scan(
        [source], with: rules, options: scanOptions,
        archives: patient.isOpened ? Archives() : nil,
        images: patient.isOpened ? EmbeddedImages(options: options) : nil)
      let summary = try scan.run(sink: sink, journal: patient.isOpened ? journal : nil)
      var pushed = source.pushed
      if pretendsMiscount { pushed.items += 1 }
      hold(summary, sink.counts)
      if patient.isOpened {
        let recorded = journal.recorded
        expect(summary.ledger == recorded.ledger, "the account is not that of what was recorded")
        expect(
          recorded.entries >= pushed.items, "\(pushed.items) items, \(recorded.entries) recorded")
        isOpened = recorded.inside > 0
        items = recorded.entries + recorded.inside
      } else {
        hold(summary, against: pushed)
        isOpened = !summary.media.isEmpty
        items = pushed.items
      }
      hold(lines.all, against: summary)
      if isImage { holdMedia(summary, pushed) }
      problems = sink.counts.problems
    } catch {
      faults.append("the scan threw \(error)")
    }
  }

  private mutating func expect(_ isTrue: Bool, _ words: @autoclosure () -> String) {
    if !isTrue { faults.append(words()) }
  }

  /// Checks that everything pushed has one outcome.
  private mutating func hold(_ summary: Summary, against pushed: CountedSource.Counts) {
    let ledger = summary.ledger
    // Further names of content already scanned are ignored after they were pushed.
    let names = ledger.ignored.values.reduce(0, +) - pushed.ignored
    expect(names >= 0, "places that were passed by are lost")
    expect(
      ledger.seen + names == pushed.items + pushed.problems,
      "\(ledger.seen) seen and \(names) further names of \(pushed.items) items and"
        + " \(pushed.problems) problems")
  }

  /// Checks that the records are those that the account has.
  private mutating func hold(_ summary: Summary, _ records: CountingSink.Counts) {
    let ledger = summary.ledger
    // A file on a directory cycle is found once per path to it.
    expect(
      (records.itemsFound.count...records.findings).contains(ledger.matched),
      "\(ledger.matched) matched, \(records.itemsFound.count) items in \(records.findings) findings"
    )
    expect(
      records.problems == ledger.skippedCount + ledger.failedCount + ledger.partlyRead,
      "\(records.problems) problems told of \(ledger.skippedCount) skipped, "
        + "\(ledger.failedCount) failed, \(ledger.partlyRead) partly read")
    expect(
      ledger.excludedByGate + ledger.excludedBySieve + ledger.evaluatedWithoutScan
        + ledger.scannedByLibyara <= ledger.seen, "more answers than items")
    expect(ledger.failed[.missing] == nil && !summary.wasInterrupted, "the image is missing")
  }

  /// Checks that every byte of the medium is in one part of its account.
  private mutating func holdMedia(_ summary: Summary, _ pushed: CountedSource.Counts) {
    expect(summary.media.count == pushed.media, "an account is lost")
    // A medium without an account must be reported as a problem.
    expect(pushed.media == 1 || !summary.isComplete, "no account, and complete")
    for medium in summary.media {
      let parts = [
        medium.items, medium.metadata, medium.slack, medium.carved, medium.unallocated, medium.gaps,
        medium.unread,
      ]
      var sum: UInt64 = 0
      for part in parts {
        let (total, overflow) = sum.addingReportingOverflow(part)
        expect(!overflow, "the parts of the medium overflow")
        sum = total
      }
      expect(sum == medium.size, "\(parts) are \(sum) bytes of \(medium.size)")
      // Bytes that were not examined are reported.
      expect(
        medium.unread == 0 || !summary.isComplete, "\(medium.unread) bytes not read, and complete")
    }
  }

  /// Checks that every line is an object, and that the last one equals the summary.
  private mutating func hold(_ lines: [String], against summary: Summary) {
    guard let records = try? OutputRecord.all(in: lines), let last = records.last,
      records.allSatisfy({ $0.schema == 1 }), let items = last.items
    else {
      faults.append("a line of the report is not a record")
      return
    }
    expect(last.type == "summary", "the last line is not a summary")
    expect(
      items["seen"] == items.filter { $0.key != "seen" }.values.reduce(0, +),
      "items do not add up: \(items)")
    let isWhole =
      items["skipped"] == 0 && items["failed"] == 0 && summary.ledger.partlyRead == 0
    expect(last.complete == isWhole, "complete, with problems: \(items)")
    for medium in last.media ?? [] {
      expect(medium.sumOfParts == medium.size, "the report's parts: \(medium)")
    }
  }
}

/// Collects the lines of a report.
private final class Lines: TextOutput {
  private let text = Locked("")

  var all: [String] { text.withLock { $0.split(separator: "\n").map(String.init) } }

  func write(_ more: String) throws { text.withLock { $0 += more } }
}

/// Counts records before they reach a report.
private final class CountingSink: RecordSink {
  struct Counts {
    var itemsFound = Set<String>()
    var findings = 0
    var problems = 0
  }

  private let report: any RecordSink
  private let state = Locked(Counts())

  init(_ report: any RecordSink) { self.report = report }

  var counts: Counts { state.withLock { $0 } }

  func receive(_ record: Record) throws {
    state.withLock { counts in
      switch record {
      case .finding(let finding):
        counts.itemsFound.insert(finding.itemID)
        counts.findings += 1
      case .problem: counts.problems += 1
      case .product, .context, .summary: break
      }
    }
    try report.receive(record)
  }
}
