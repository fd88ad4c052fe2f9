import Bytes
import Evidence
import Findings
import Glibc
import Profiles
import Traces

/// Examination of an item at a known place: combines libyara's matches and the records of
/// installed software into one outcome.
struct PlaceExamination: Sendable {
  private let place: KnownPlace
  private let profile: VendorProfile
  private let locator: Locator
  private var finding: Finding?
  private var problems: [ItemProblem] = []
  /// Whether the last changes of the file are in logs that were not applied.
  private(set) var needsLogs = false

  /// Begins with the result of the scan.
  init(
    _ place: KnownPlace, _ profile: VendorProfile, _ locator: Locator,
    _ scanned: Result<Finding?, ItemProblem>
  ) {
    self.place = place
    self.profile = profile
    self.locator = locator
    switch scanned {
    case .success(let finding): self.finding = finding
    case .failure(let problem): problems = [problem]
    }
  }

  /// Reads the records, with the changes in `logs`, if the first bytes confirm the place; returns the number of bytes
  /// read for them.
  mutating func readTraces(
    of content: any OpenContent, _ reader: inout ContentReader, logs: [RecordLog.Kind: [UInt8]]
  ) -> UInt64 {
    var read: UInt64 = 0
    do throws(ItemProblem) {
      guard try isConfirmed(content) else { return 0 }
      let reading = try reader.withBytes(of: content) { bytes throws(ItemProblem) in
        let reading =
          logs.isEmpty
          ? TraceReading(bytes, at: place, profile.records)
          : TraceReading(bytes.withUnsafeBytes { Array($0) }, logs, at: place, profile.records)
        var finding = Identification(reading.traces, at: place, profile, bytes).map {
          Finding(reading.traces, at: place, profile, $0, content, locator)
        }
        if let reason = reading.logReason { finding?.attribution.reasons.append(reason) }
        return (finding, reading.problem, reading.needsLogs)
      }
      read = reading.read
      needsLogs = reading.result.2
      merge(reading.result.0)
      // Content that ends early also looks damaged: report the cause, not its consequence.
      if let problem = reading.problem {
        add(problem)
      } else if let damage = reading.result.1 {
        recordDamage(damage)
      }
      if logs.isEmpty, hasLogBeside { add(TraceReading.logIsNotApplied) }
    } catch {
      add(error)
    }
    return read
  }

  /// The single outcome: a finding, with the first problem passed to `note`; else the first
  /// problem; else nothing.
  func outcome(_ note: (ItemProblem) -> Void) throws(ItemProblem) -> Finding? {
    guard var finding else {
      if let problem = problems.first { throw problem }
      return nil
    }
    if let problem = problems.first { note(problem) }
    for problem in problems {
      finding.attribution.reasons.append("only part of it could be read: \(problem.message)")
    }
    return finding
  }

  private func isConfirmed(_ content: any OpenContent) throws(ItemProblem) -> Bool {
    guard content.facts.size > 0 else { return false }
    let head = try [UInt8](unsafeUninitializedCapacity: KnownPlace.headLength) {
      buffer, count throws(ItemProblem) in
      count = try content.read(into: UnsafeMutableRawBufferPointer(buffer), at: 0)
    }
    guard !place.confirms(head.span.bytes) else { return true }
    guard place.isCertain(at: locator), !isDeleted else { return false }
    throw ItemProblem(
      .unreadable,
      "it lies where the \(place.name) belongs, but is not one: damaged or replaced")
  }

  /// Whether only the end of the scan shows if there is a log of it: a database does not say that it has one.
  var mayHaveLog: Bool { place.isLoggedDatabase }

  /// Whether it is a log, which is read with its file.
  var isLog: Bool { place == .databaseLog }

  /// Whether the file is a target of its own, with a log beside it that holds
  /// something: in a folder or an image the log is an item, and says so itself.
  private var hasLogBeside: Bool {
    guard mayHaveLog, locator.isTarget else { return false }
    return place.logs.contains { kind in
      var status = stat()
      return RawPath(locator.path.bytes + kind.rawValue.utf8).withCString { stat($0, &status) } == 0
        && status.st_size > 0
    }
  }

  private mutating func merge(_ other: Finding?) {
    guard let other else { return }
    if finding == nil { finding = other } else { finding!.add(other) }
  }

  private mutating func add(_ problem: ItemProblem) {
    if !problems.contains(problem) { problems.append(problem) }
  }

  /// Damage to a deleted file is normal: it becomes a reason of its finding, not a failure.
  private mutating func recordDamage(_ problem: ItemProblem) {
    guard isDeleted else {
      add(problem)
      return
    }
    finding?.attribution.reasons.append("only part of it could be read: \(problem.message)")
  }

  private var isDeleted: Bool { locator.state == .deleted || locator.state == .orphan }
}
