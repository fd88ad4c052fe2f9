import Bytes
import Engine
import Evidence
import Yara

/// Output in the format of `yara`.
struct MatchTextFormat: MatchFormat {
  private let text: MatchText
  private let countsOnly: Bool
  private let showsConsole: Bool
  /// Whether a single file was named: its count is printed without a path.
  private let isSingle: Bool

  init(_ arguments: MatchArguments, isSingle: Bool) {
    text = MatchText(
      showsNamespace: arguments.has("print-namespace"), showsTags: arguments.has("print-tags"),
      showsMetadata: arguments.has("print-meta"), showsStrings: arguments.has("print-strings"),
      showsLengths: arguments.has("print-string-length"),
      showsKeys: arguments.has("print-xor-key"))
    showsConsole = !arguments.has("disable-console-logs")
    countsOnly = arguments.has("count")
    self.isSingle = isSingle
  }

  func lines(
    of outcome: MatchOutcome, printed: [Printed], _ selection: MatchFilter.Selection
  ) -> [UInt8] {
    var lines: [UInt8] = []
    for piece in printed {
      switch piece {
      case .console(let line) where showsConsole: lines += line + [MatchText.lineEnd]
      case .console, .module: break
      case .moduleData(let text): lines += text
      }
    }
    let path = outcome.locator.path
    guard countsOnly else {
      for match in selection.shown { text.write(match.rule, match.strings, at: path, to: &lines) }
      for (rule, strings) in selection.shownNonMatching {
        text.write(rule, strings, at: path, to: &lines)
      }
      return lines
    }
    if isSingle {
      // yara ends with the error instead.
      if outcome.failure == nil { lines += Array("\(selection.count)\n".utf8) }
    } else {
      lines += path.bytes + Array(": \(selection.count)\n".utf8)
    }
    return lines
  }

  func lines(of trouble: MatchReport.Trouble) -> [UInt8] { [] }

  func lines(of tally: MatchReport.Tally) -> [UInt8] { [] }
}
