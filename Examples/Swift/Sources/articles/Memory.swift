import Trawl

/// Buffers as they come.
enum Memory {
  /// Whether each upload matches; nil for what could not be scanned, which is not called clean.
  static func answers(_ uploads: [[UInt8]]) throws -> [Bool?] {
    let scanner = try SerialScanner(try OwnRules.ruleSet())
    return uploads.map { upload in
      let result = scanner.scan(upload.span.bytes, name: "upload")
      return switch result.outcome {
      case .matched: true
      case .clean: false
      case .notScanned: nil
      }
    }
  }

  static func parallel(_ uploads: [[UInt8]]) async throws -> Int {
    let rules = try OwnRules.ruleSet()
    return try await withThrowingTaskGroup(of: Int.self) { group in
      for part in 0..<4 {
        group.addTask {
          let scanner = try SerialScanner(rules)
          for index in stride(from: part, to: uploads.count, by: 4) {
            let upload = uploads[index]
            _ = scanner.scan(upload.span.bytes, name: "upload")
          }
          return scanner.ledger.matched
        }
      }
      return try await group.reduce(0, +)
    }
  }

  static func together(_ uploads: [[UInt8]]) throws -> Ledger {
    let rules = try OwnRules.ruleSet()
    let source = MemorySource(uploads.enumerated().map { (RawPath("upload \($0)"), $1) })
    let summary = try Scan([source], with: rules).run { print($0) }
    return summary.ledger
  }
}
