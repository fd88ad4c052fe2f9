import Trawl

/// The three ways to receive records, and cancellation.
enum Records {
  static func blocking(_ folder: RawPath) throws -> Summary {
    let scan = Scan([FileSource([folder])], with: try OwnRules.ruleSet())
    return try scan.run { record in print(record) }
  }

  static func asynchronous(_ folder: RawPath) async throws -> Int {
    let scan = Scan([FileSource([folder])], with: try OwnRules.ruleSet())
    var findings = 0
    for try await record in scan.records {
      if case .finding = record { findings += 1 }
    }
    return findings
  }

  /// The scan ends with its task.
  static func cancelled(_ source: any ItemSource) async throws -> Bool {
    let rules = try OwnRules.ruleSet()
    let task = Task {
      var last: Record?
      for try await record in Scan([source], with: rules).records { last = record }
      guard case .summary(let summary) = last else { return false }
      return summary.wasInterrupted
    }
    task.cancel()
    return try await task.value
  }

  /// Progress, while the scan runs on another thread.
  static func progress(_ scan: Scan) -> String {
    let progress = scan.progress
    return "\(progress.items) items, \(progress.bytes) bytes, \(progress.findings) findings"
  }
}

/// Items without an end.
struct EndlessSource: ItemSource {
  let evidence: [EvidenceDescription] = []

  func push(to receiver: any ItemReceiver) {
    while !receiver.isCancelled {
      MemorySource(name: "item", bytes: Array("hay".utf8)).push(to: receiver)
    }
  }
}
