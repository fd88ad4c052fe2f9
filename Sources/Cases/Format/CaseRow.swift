import Bytes
import Evidence
internal import FoundationEssentials
import GRDB

/// Values of a row. In a damaged file, a value of another type reads as zero, or empty. The chain tells whether the
/// case was modified.
extension Row {
  func integer(_ index: Int) -> Int64 { integerIfPresent(index) ?? 0 }

  func integerIfPresent(_ index: Int) -> Int64? { Int64.fromDatabaseValue(value(index)) }

  /// An integer without a sign, as it was written.
  func unsigned(_ index: Int) -> UInt64 { UInt64(bitPattern: integer(index)) }

  func text(_ index: Int) -> String { textIfPresent(index) ?? "" }

  func textIfPresent(_ index: Int) -> String? { String.fromDatabaseValue(value(index)) }

  func bytes(_ index: Int) -> [UInt8] { bytesIfPresent(index) ?? [] }

  func bytesIfPresent(_ index: Int) -> [UInt8]? {
    Data.fromDatabaseValue(value(index)).map { [UInt8]($0) }
  }

  /// Path from the column that shows it, and the next, which has its bytes if they differ.
  func path(_ index: Int) -> RawPath {
    bytesIfPresent(index + 1).map { RawPath($0) } ?? RawPath(text(index))
  }

  func value(_ index: Int) -> DatabaseValue { self[index] }
}

extension Timestamp {
  /// Time in the form of ``rfc3339``; nil for another form.
  init?(rfc3339 text: String) {
    guard text.hasSuffix("Z"), text.utf8.count >= 20 else { return nil }
    let parts = text.dropLast().split(whereSeparator: { "-T:.".contains($0) })
    let numbers = parts.compactMap { Int64($0) }
    guard numbers.count == parts.count, (6...7).contains(numbers.count) else { return nil }
    // Days since 1970-01-01 of the proleptic Gregorian calendar (Hinnant, "chrono-Compatible Low-Level Date
    // Algorithms").
    let year = numbers[0] - (numbers[1] <= 2 ? 1 : 0)
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (numbers[1] + (numbers[1] > 2 ? -3 : 9)) + 2) / 5 + numbers[2] - 1
    let day =
      era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    let seconds = ((day * 24 + numbers[3]) * 60 + numbers[4]) * 60 + numbers[5]
    self.init(seconds: seconds, nanoseconds: numbers.count == 7 ? UInt32(clamping: numbers[6]) : 0)
  }
}
