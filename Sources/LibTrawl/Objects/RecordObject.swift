import CTrawl
import Findings
import Locks
import Reports

/// A record as the caller sees it; its struct and its JSON are made at the first request.
final class RecordObject: Sendable {
  let record: Record

  /// Used under the lock only; returned structs do not change any more.
  private struct Made: @unchecked Sendable {
    let arena = Arena()
    var structure: UnsafeRawPointer?
    var json: trawl_text?
  }
  private let made = Locked(Made())

  /// Something in the arena, which is as safe to share as the record.
  private struct Kept<Value>: @unchecked Sendable {
    let value: Value
  }

  init(_ record: Record) { self.record = record }

  /// The record as a struct that `make` fills; made once.
  func structure<Structure>(_ make: (Arena) -> Structure)
    -> UnsafePointer<Structure>
  {
    let kept = made.withLock { made in
      if let known = made.structure {
        return Kept(value: known.assumingMemoryBound(to: Structure.self))
      }
      let arena = made.arena
      let pointer = arena.array([make(arena)])!
      made.structure = UnsafeRawPointer(pointer)
      return Kept(value: pointer)
    }
    return kept.value
  }

  /// The record as a line of JSON.
  var json: trawl_text {
    let kept = made.withLock { made in
      if let known = made.json { return Kept(value: known) }
      let json = made.arena.text(JSONLinesReport.line(of: record))
      made.json = json
      return Kept(value: json)
    }
    return kept.value
  }
}

/// Result of one item, with its records.
final class ResultObject: Sendable {
  let outcome: Outcome
  let records: [RecordObject]

  init(_ outcome: Outcome, _ records: [Record]) {
    self.outcome = outcome
    self.records = records.map(RecordObject.init)
  }
}
