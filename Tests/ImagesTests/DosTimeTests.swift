import Evidence
import Testing

@testable import FileSystems

/// Times of FAT: dates since 1980, and times of day in steps of two seconds.
@Suite struct DosTimeTests {
  private func date(_ year: UInt16, _ month: UInt16, _ day: UInt16) -> UInt16 {
    (year - 1980) << 9 | month << 5 | day
  }

  private func time(_ hour: UInt16, _ minute: UInt16, _ second: UInt16) -> UInt16 {
    hour << 11 | minute << 5 | second / 2
  }

  @Test func datesAreDaysOfTheCalendar() {
    #expect(DosTime.timestamp(date(1980, 1, 1), 0)?.rfc3339 == "1980-01-01T00:00:00Z")
    #expect(
      DosTime.timestamp(date(2024, 2, 29), time(23, 59, 58))?.rfc3339 == "2024-02-29T23:59:58Z")
    #expect(DosTime.timestamp(date(2107, 12, 31), 0)?.rfc3339 == "2107-12-31T00:00:00Z")
    #expect(DosTime.timestamp(date(2100, 3, 1), 0)?.rfc3339 == "2100-03-01T00:00:00Z")
    #expect(DosTime.timestamp(date(2023, 2, 31), 0)?.rfc3339 == "2023-03-03T00:00:00Z")
  }

  @Test func hundredthsAddASecondAndAFraction() {
    let found = DosTime.timestamp(date(2020, 5, 5), time(1, 2, 4), hundredths: 150, fine: 150)
    #expect(found?.rfc3339 == "2020-05-05T01:02:05.500000000Z")
  }

  @Test func impossibleDatesAreNoneAndTimesZero() {
    for date in [0, date(2020, 0, 1), date(2020, 13, 1), date(2020, 1, 0)] {
      #expect(DosTime.timestamp(date, 0) == nil)
    }
    let impossible = time(31, 63, 0)
    #expect(DosTime.timestamp(date(2020, 1, 1), impossible)?.rfc3339 == "2020-01-01T00:00:00Z")
  }

  @Test func plausibleTimesAreThoseThatSystemsWrite() {
    #expect(DosTime.isPlausible(0, 0) && DosTime.isPlausible(date(2037, 12, 31), time(23, 59, 58)))
    #expect(!DosTime.isPlausible(date(2038, 1, 1), 0) && !DosTime.isPlausible(0, time(24, 0, 0)))
    #expect(!DosTime.isPlausible(date(2020, 13, 1), 0) && !DosTime.isPlausible(date(2020, 1, 0), 0))
    #expect(!DosTime.isPlausible(0, 31) && !DosTime.isPlausible(0, time(0, 60, 0)))
  }
}
