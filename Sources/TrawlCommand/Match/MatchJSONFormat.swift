import Bytes
import Engine
import Evidence
import Reports
import Results
import Yara

/// Report with one JSON object per line: docs/match.md.
struct MatchJSONFormat: MatchFormat {
  private let countsOnly: Bool
  private let showsConsole: Bool

  init(_ arguments: MatchArguments) {
    countsOnly = arguments.has("count")
    showsConsole = !arguments.has("disable-console-logs")
  }

  func lines(
    of outcome: MatchOutcome, printed: [Printed], _ selection: MatchFilter.Selection
  ) -> [UInt8] {
    let path = outcome.locator.path
    var lines: [UInt8] = []
    for piece in printed {
      switch piece {
      case .console(let text) where showsConsole:
        add("console", path, Self.text("text", text), to: &lines)
      case .console, .module: break
      case .moduleData(let text): add("module_data", path, Self.text("text", text), to: &lines)
      }
    }
    if countsOnly {
      if outcome.failure == nil {
        add("count", path, [("matches", .integer(Int64(selection.count)))], to: &lines)
      }
      return lines
    }
    for match in selection.shown {
      let strings = match.strings.map(Self.json)
      add("match", path, Self.members(of: match.rule) + [("strings", .array(strings))], to: &lines)
    }
    for (rule, strings) in selection.shownNonMatching {
      let strings = strings.map(Self.json)
      add("no_match", path, Self.members(of: rule) + [("strings", .array(strings))], to: &lines)
    }
    return lines
  }

  func lines(of trouble: MatchReport.Trouble) -> [UInt8] {
    var lines: [UInt8] = []
    add(
      trouble.isFailure ? "error" : "not_scanned", trouble.path,
      [("reason", .string(trouble.reason)), ("message", .string(trouble.message))], to: &lines)
    return lines
  }

  func lines(of tally: MatchReport.Tally) -> [UInt8] {
    Self.line([
      ("type", .string("summary")), ("files", .integer(Int64(tally.scanned))),
      ("bytes", .unsigned(tally.bytes)), ("files_with_matches", .integer(Int64(tally.matched))),
      ("failed", .integer(Int64(tally.failed))), ("left_out", .integer(Int64(tally.omitted))),
      ("complete", .boolean(tally.isComplete)),
    ])
  }

  private typealias Members = [(key: String, value: JSON?)]

  private func add(_ type: String, _ path: RawPath, _ members: Members, to lines: inout [UInt8]) {
    lines += Self.line([("type", .string(type))] + Self.text("path", path.bytes) + members)
  }

  private static func line(_ members: Members) -> [UInt8] {
    Array(JSON.object(members).line.utf8) + [MatchText.lineEnd]
  }

  /// Bytes as text; also in base64 if they are not UTF-8.
  private static func text(_ key: String, _ bytes: [UInt8]) -> Members {
    let isText = String(validating: bytes, as: UTF8.self) != nil
    return [
      (key, .string(String(decoding: bytes, as: UTF8.self))),
      (key + "_base64", isText ? nil : JSON.base64(bytes)),
    ]
  }

  private static func members(of rule: Rule) -> Members {
    let metadata = rule.metadata.map { entry -> JSON in
      switch entry.value {
      case .integer(let value):
        .object([("key", .string(entry.key)), ("value", .integer(value))])
      case .boolean(let value):
        .object([("key", .string(entry.key)), ("value", .boolean(value))])
      case .string(let bytes): .object([("key", .string(entry.key))] + text("value", bytes))
      }
    }
    return [
      ("rule", .string(rule.identifier)), ("namespace", .string(rule.namespace)),
      ("tags", .array(rule.tags.map { .string($0) })), ("metadata", .array(metadata)),
    ]
  }

  private static func json(_ string: StringMatch) -> JSON {
    .object([
      ("identifier", .string(string.identifier)), ("offset", .unsigned(string.offset)),
      ("length", .integer(Int64(string.length))),
      ("data", .string(Hexadecimal.text(of: string.data))),
      ("xor_key", string.xorKey == 0 ? nil : .integer(Int64(string.xorKey))),
    ])
  }
}
