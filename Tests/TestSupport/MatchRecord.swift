import Foundation

/// One line of `trawl match --format=jsonl`, of any type: the keys of docs/match.md, nil if absent.
package struct MatchRecord: Decodable, Hashable, Sendable {
  package let type: String
  package let path: String?
  package let pathBase64: String?
  package let rule: String?
  package let namespace: String?
  package let tags: [String]?
  package let strings: [OutputRecord.FoundString]?
  /// Number of matches, of a line of type `count`.
  package let matches: Int?
  package let text: String?
  package let reason: String?
  package let message: String?
  package let files: Int?
  package let complete: Bool?

  /// Decodes every line.
  package static func all(in lines: [String]) throws -> [MatchRecord] {
    try lines.map { try JSONDecoder.ofOutput.decode(MatchRecord.self, from: Data($0.utf8)) }
  }
}

extension [MatchRecord] {
  package func ofType(_ type: String) -> [MatchRecord] { filter { $0.type == type } }
}
