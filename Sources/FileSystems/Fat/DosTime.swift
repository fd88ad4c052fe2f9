import Evidence

/// Times of FAT and exFAT: a date from 1980 and a time in steps of two seconds, both without a
/// time zone. A time of day out of range counts as zero, as in The Sleuth Kit.
enum DosTime {
  /// Time of a date, a time of day and hundredths of seconds (0 to 199); nil if there is no date.
  static func timestamp(_ date: UInt16, _ time: UInt16, hundredths: UInt8 = 0, fine: UInt8 = 0)
    -> Timestamp?
  {
    let (day, month, year) = (Int64(date & 0x1F), Int64(date >> 5 & 0xF), Int64(date >> 9))
    guard (1...31).contains(day), (1...12).contains(month) else { return nil }
    func valid(_ value: Int64, _ most: Int64) -> Int64 { value <= most ? value : 0 }
    let seconds = valid(Int64(time & 0x1F) * 2, 60) + (hundredths > 100 ? 1 : 0)
    let minutes = valid(Int64(time >> 5 & 0x3F), 59)
    let hours = valid(Int64(time >> 11), 23)
    let all = days(year + 1980, month, day) * 86_400 + hours * 3600 + minutes * 60 + seconds
    return Timestamp(seconds: all, nanoseconds: UInt32(fine % 100) * 10_000_000)
  }

  /// Whether a date and a time are ones that a system writes; The Sleuth Kit takes no later year
  /// than 2037.
  static func isPlausible(_ date: UInt16, _ time: UInt16) -> Bool {
    let isTime = time & 0x1F <= 30 && time >> 5 & 0x3F <= 59 && time >> 11 <= 23
    guard date != 0 else { return isTime }
    return isTime && (1...31).contains(date & 0x1F) && (1...12).contains(date >> 5 & 0xF)
      && date >> 9 <= 57
  }

  /// Days from 1970-01-01 (proleptic Gregorian calendar); a day behind the end of its month
  /// belongs to the next one.
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    // Years begin in March, so that the leap day is their last one.
    let shifted = month > 2 ? year : year - 1
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}
