import Engine
import Evidence
import Findings

/// Results that wait for the next batch.
struct PendingBatch {
  var entries: [ItemEntry] = []
  /// Counts of sources.
  var walk = Ledger()
  /// Problems of sources.
  var problems: [Problem] = []
  var media: [MediumDescription] = []
  /// Searches of media, with their results.
  var searches: [(search: MediumSearch, result: [UInt8])] = []

  /// Number of results by which the size of a batch is bounded.
  var count: Int { entries.count + problems.count }

  var isEmpty: Bool {
    entries.isEmpty && problems.isEmpty && media.isEmpty && searches.isEmpty && walk == Ledger()
  }

  /// Writes everything.
  func write(to batch: inout BatchWriter) throws {
    for medium in media { try batch.insert(medium) }
    for problem in problems { try batch.insert(problem, item: nil) }
    try batch.insert(entries)
    for (search, result) in searches { try batch.insert(search, result) }
    try batch.insert(walk, run: batch.state.run)
  }
}
