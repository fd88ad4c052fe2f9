import Bytes
import Evidence
internal import FoundationEssentials
import GRDB

/// Values of columns.
enum CaseValue {
  static let null = DatabaseValue.null

  /// Text; SQLite ends texts at a NUL, which is replaced.
  static func text(_ text: String?) -> DatabaseValue {
    guard let text else { return null }
    return text.utf8.contains(0)
      ? text.replacing("\0", with: "\u{FFFD}").databaseValue : text.databaseValue
  }

  static func number(_ number: (some BinaryInteger)?) -> DatabaseValue {
    // SQLite has no unsigned integers: larger numbers keep their bits.
    number.map { Int64(truncatingIfNeeded: $0).databaseValue } ?? null
  }

  static func boolean(_ value: Bool?) -> DatabaseValue {
    value.map { Int64($0 ? 1 : 0).databaseValue } ?? null
  }

  static func time(_ time: Timestamp?) -> DatabaseValue { text(time?.rfc3339) }

  static func hexadecimal(_ bytes: [UInt8]?) -> DatabaseValue {
    text(bytes.map { Hexadecimal.text(of: $0) })
  }

  /// A path for people, and its bytes if they differ from the shown text.
  static func path(_ path: RawPath?) -> [DatabaseValue] {
    guard let path else { return [null, null] }
    let shown = path.shown
    return [text(shown), Array(shown.utf8) == path.bytes ? null : blob(path.bytes)]
  }

  static func blob(_ bytes: [UInt8]) -> DatabaseValue { Data(bytes).databaseValue }
}
