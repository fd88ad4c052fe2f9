import Evidence
import Findings
import Traces

/// An item at a known place: what libyara finds in it, and what it records of installed software, become one outcome.
struct PlaceExamination {
  private let place: KnownPlace
  private let locator: Locator
  private var finding: Finding?
  private var problems: [ItemProblem] = []

  init(_ place: KnownPlace, _ locator: Locator) {
    self.place = place
    self.locator = locator
  }

  /// Keeps what the scan comes to.
  mutating func takeScan(_ scan: () throws(ItemProblem) -> Finding?) {
    do throws(ItemProblem) { finding = try scan() } catch { problems.append(error) }
  }

  /// Reads the records, if the first bytes say that there are any.
  mutating func readTraces(
    of content: any OpenContent, _ reader: inout ContentReader, _ recorder: Recorder
  ) {
    do throws(ItemProblem) {
      guard try isConfirmed(content) else { return }
      let reading = try reader.withBytes(of: content) { bytes throws(ItemProblem) in
        let traces = TraceReading(bytes, at: place)
        return (Finding(traces.traces, at: place, bytes, content, locator), traces.problem)
      }
      recorder.count(present: 0, read: reading.read)
      take(reading.result.0)
      // Content that ends early is damaged content, too: the cause is said, not what follows from it.
      if let problem = reading.problem {
        add(problem)
      } else if let damage = reading.result.1 {
        takeDamage(damage)
      }
    } catch {
      add(error)
    }
  }

  /// The one outcome: a finding, of which problems are told beside; else the first problem; else nothing.
  func outcome(_ recorder: Recorder) throws(ItemProblem) -> Finding? {
    guard var finding else {
      if let problem = problems.first { throw problem }
      return nil
    }
    if let problem = problems.first { recorder.note(problem, at: locator) }
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
      "lies where the \(place.name) belongs and is none: it is damaged, or was replaced")
  }

  private mutating func take(_ other: Finding?) {
    guard let other else { return }
    if finding == nil { finding = other } else { finding!.add(other) }
  }

  private mutating func add(_ problem: ItemProblem) {
    if !problems.contains(problem) { problems.append(problem) }
  }

  /// What is left of a deleted file is ordinarily damaged: that is a reason of its finding, and no failure.
  private mutating func takeDamage(_ problem: ItemProblem) {
    guard isDeleted else {
      add(problem)
      return
    }
    finding?.attribution.reasons.append("only part of it could be read: \(problem.message)")
  }

  private var isDeleted: Bool { locator.state == .deleted || locator.state == .orphan }
}
