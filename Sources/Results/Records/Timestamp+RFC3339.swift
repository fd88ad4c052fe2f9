package import Evidence

extension Timestamp {
  /// Parses RFC 3339 in UTC, with up to nine fractional digits; nil for anything else.
  package init?(rfc3339 text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes.count <= 30, bytes.last == UInt8(ascii: "Z") else { return nil }
    for (place, mark) in [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":")] {
      guard bytes[place] == mark.utf8.first else { return nil }
    }
    func number(_ range: Range<Int>) -> Int? {
      var value = 0
      for byte in bytes[range] {
        guard (0x30...0x39).contains(byte) else { return nil }
        value = value * 10 + Int(byte - 0x30)
      }
      return value
    }
    guard let year = number(0..<4), let month = number(5..<7), (1...12).contains(month),
      let day = number(8..<10), (1...31).contains(day), let hour = number(11..<13), hour < 24,
      let minute = number(14..<16), minute < 60, let second = number(17..<19), second <= 60
    else { return nil }
    var nanoseconds = 0
    if bytes.count > 20 {
      let digits = bytes.count - 21
      guard bytes[19] == UInt8(ascii: "."), (1...9).contains(digits),
        let fraction = number(20..<(bytes.count - 1))
      else { return nil }
      nanoseconds = (digits..<9).reduce(fraction) { value, _ in value * 10 }
    }
    let date = CalendarDate(year: year, month: month, day: day)
    self.init(
      seconds: Int64(date.daysSinceEpoch * 86_400 + hour * 3600 + minute * 60 + second),
      nanoseconds: UInt32(nanoseconds))
  }
}

/// A day of the proleptic Gregorian calendar.
package struct CalendarDate: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let year: Int
  package let month: Int
  package let day: Int

  package init(year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// Parses `2017-09-13`; nil for anything else, such as the 31st of a shorter month.
  package init?(_ text: String) {
    guard let time = Timestamp(rfc3339: text + "T00:00:00Z") else { return nil }
    self.init(time)
    guard description == text else { return nil }
  }

  /// The day of a time in UTC.
  package init(_ time: Timestamp) {
    let day = time.seconds / 86_400 - (time.seconds % 86_400 < 0 ? 1 : 0)
    self.init(daysSinceEpoch: Int(day))
  }

  /// Day number from 1970-01-01 (algorithm: Howard Hinnant, "chrono-compatible low-level date
  /// algorithms").
  package init(daysSinceEpoch: Int) {
    let shifted = daysSinceEpoch + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    self.init(
      year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
      day: dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  /// Days from 1970-01-01, the inverse of ``init(daysSinceEpoch:)``.
  package var daysSinceEpoch: Int {
    let year = month <= 2 ? self.year - 1 : self.year
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The day that many days later.
  package func adding(days: Int) -> CalendarDate {
    CalendarDate(daysSinceEpoch: daysSinceEpoch + days)
  }

  /// The day that many days from Monday to Friday later; holidays are not known here.
  package func adding(businessDays: Int) -> CalendarDate {
    var date = self
    var rest = businessDays
    while rest > 0 {
      date = date.adding(days: 1)
      // 1970-01-01 was a Thursday; 0 is Monday.
      let weekday = ((date.daysSinceEpoch + 3) % 7 + 7) % 7
      if weekday < 5 { rest -= 1 }
    }
    return date
  }

  /// ISO 8601, such as `2017-09-13`.
  package var description: String {
    func digits(_ value: Int, _ width: Int) -> String {
      let text = String(value)
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    return "\(digits(year, 4))-\(digits(month, 2))-\(digits(day, 2))"
  }

  package static func < (left: CalendarDate, right: CalendarDate) -> Bool {
    left.daysSinceEpoch < right.daysSinceEpoch
  }
}
