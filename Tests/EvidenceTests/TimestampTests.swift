import Evidence
import Glibc
import Testing

@Suite struct TimestampTests {
  private static let texts: [(seconds: Int64, nanoseconds: UInt32, text: String?)] = [
    (0, 0, "1970-01-01T00:00:00Z"),
    (-1, 0, "1969-12-31T23:59:59Z"),
    (-1, 999_999_999, "1969-12-31T23:59:59.999999999Z"),
    (0, 1, "1970-01-01T00:00:00.000000001Z"),
    (0, 100_000_000, "1970-01-01T00:00:00.100000000Z"),
    (951_782_400, 0, "2000-02-29T00:00:00Z"),
    (1_505_260_800, 0, "2017-09-13T00:00:00Z"),
    (4_102_444_799, 0, "2099-12-31T23:59:59Z"),
    (253_402_300_799, 999_999_999, "9999-12-31T23:59:59.999999999Z"),
    (253_402_300_800, 0, nil),
    (-62_135_596_800, 0, "0001-01-01T00:00:00Z"),
    (-62_167_219_200, 0, "0000-01-01T00:00:00Z"),
    (-62_167_219_201, 999_999_999, nil),
    // 1601: where FILETIME of Windows begins.
    (-11_644_473_600, 0, "1601-01-01T00:00:00Z"),
    (.max, 0, nil),
    (.min, 0, nil),
    (67_768_036_191_676_799, 0, nil),
  ]

  @Test(arguments: texts)
  func aMomentIsWrittenInUTC(seconds: Int64, nanoseconds: UInt32, text: String?) {
    #expect(Timestamp(seconds: seconds, nanoseconds: nanoseconds).rfc3339 == text)
  }

  @Test func theOrderIsThatOfTime() {
    let moments = [(1, 0), (-1, 5), (0, 2), (0, 1), (-1, 4)].map {
      Timestamp(seconds: Int64($0.0), nanoseconds: UInt32($0.1))
    }
    #expect(moments.sorted().map(\.seconds) == [-1, -1, 0, 0, 1])
    #expect(moments.sorted().map(\.nanoseconds) == [4, 5, 1, 2, 0])
  }

  @Test func aTimeOfTheSystemIsTaken() {
    let time = Timestamp(timespec(tv_sec: -5, tv_nsec: 7))
    #expect(time.seconds == -5 && time.nanoseconds == 7)
    #expect(Timestamp(timespec(tv_sec: 0, tv_nsec: -1)).nanoseconds == 0)
  }

  @Test func thePresentIsAfterTheFirstCommit() {
    #expect(Timestamp.now.seconds > 1_700_000_000)
    #expect(Timestamp.now.rfc3339 != nil)
  }
}
