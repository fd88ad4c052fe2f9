import Evidence
import Results
import Testing

@Suite struct CalendarDateTests {
  /// The directive of 2017-09-13 named its dates (docs/facts.md).
  @Test(arguments: [(30, "2017-10-13"), (60, "2017-11-12"), (90, "2017-12-12")])
  func deadlinesOfTheDirective(_ days: Int, _ date: String) throws {
    let start = try #require(CalendarDate("2017-09-13"))
    #expect(start.adding(days: days).description == date)
  }

  @Test func businessDaysLeaveOutWeekends() throws {
    let friday = try #require(CalendarDate("2023-12-01"))
    #expect(friday.adding(businessDays: 1).description == "2023-12-04")
    #expect(friday.adding(businessDays: 10).description == "2023-12-15")
    let saturday = friday.adding(days: 1)
    #expect(saturday.adding(businessDays: 3).description == "2023-12-06")
  }

  @Test(arguments: ["2017-02-29", "2017-13-01", "2017-1-1", "17-01-01", "2017-01-01x", ""])
  func datesThatDoNotExistAreRefused(_ text: String) { #expect(CalendarDate(text) == nil) }

  @Test(arguments: ["1970-01-01", "2000-02-29", "1969-12-31", "9999-12-31", "0001-01-01"])
  func daysAreCountedBothWays(_ text: String) throws {
    let date = try #require(CalendarDate(text))
    #expect(CalendarDate(daysSinceEpoch: date.daysSinceEpoch) == date)
  }

  @Test func timesAreReadAsTheyAreWritten() {
    for time in [
      Timestamp(seconds: 0, nanoseconds: 0), Timestamp(seconds: -1, nanoseconds: 5),
      Timestamp(seconds: 253_402_300_799, nanoseconds: 999_999_999),
    ] {
      #expect(time.rfc3339.flatMap { Timestamp(rfc3339: $0) } == time)
    }
    for text in [
      "", "2017-09-13", "2017-09-13T00:00:00", "2017-09-13T00:00:00+01:00", "2017-09-13T00:00:00.Z",
    ] {
      #expect(Timestamp(rfc3339: text) == nil)
    }
  }
}
