import Reports
import Testing

/// Sizes for people, in decimal units.
@Suite struct SummaryTextTests {
  @Test(
    arguments: [
      (0, "0 B"), (999, "999 B"), (1000, "1.00 kB"), (1010, "1.01 kB"), (34_080_000, "34.08 MB"),
      (999_994, "999.99 kB"), (2_300_000_000, "2.30 GB"), (.max, "18.45 EB"),
    ] as [(UInt64, String)])
  func bytes(_ count: UInt64, _ text: String) { #expect(SummaryText.bytes(count) == text) }

  /// A size that is rounded up to the next unit is shown in it.
  @Test(
    arguments: [(999_995, "1.00 MB"), (999_999_999, "1.00 GB"), (999_999_999_999, "1.00 TB")]
      as [(UInt64, String)])
  func roundedBytes(_ count: UInt64, _ text: String) { #expect(SummaryText.bytes(count) == text) }
}
