import Catalogue
import Evidence
import Findings
import Foundation
import Profiles
import TestSupport
import Testing
import Traces

/// Databases of rpm in each form hold the same packages.
@Suite struct RpmFormTests {
  private let names = VendorProfile.kaspersky.records

  private func read(_ sample: TraceFixture.Sample) throws -> TraceReading {
    let bytes = try sample.bytes
    return TraceReading(bytes.span.bytes, at: sample.place, names)
  }

  @Test(arguments: TraceFixture.rpmForms)
  func eachFormHasThePackagesOfTheFirst(_ sample: TraceFixture.Sample) throws {
    let reading = try read(sample)
    #expect(reading.problem == nil)
    let sqlite = try read(
      TraceFixture.Sample(name: "installed/fedora/var/lib/rpm/rpmdb.sqlite", place: .rpmDatabase))
    #expect(reading.traces == sqlite.traces)
    #expect(reading.traces.map(\.place) == ["kesl", "klnagent64"])
  }

  /// Debian's rpm reads Berkeley DB; its list has all packages, ours the company's.
  @Test(arguments: ["berkeley", "other-order"])
  func rpmListsTheSame(_ form: String) throws {
    let list = try String(
      contentsOfFile: TraceFixture.folder + "/rpm/\(form)/list", encoding: .utf8)
    let packages = list.split(separator: "\n").filter { $0.hasPrefix("k") }.map(String.init)
    let sample = try #require(TraceFixture.rpmForms.first { $0.name.contains("/\(form)/") })
    let own = try read(sample).traces.map { "\($0.place)-\($0.version ?? "").noarch" }
    #expect(packages == own)
  }

  @Test func aChecksumThatDoesNotHoldIsSaid() throws {
    let sample = try #require(TraceFixture.rpmForms.first { $0.place == .rpmNdbDatabase })
    var bytes = try sample.bytes
    bytes[bytes.count - 40] ^= 1
    let reading = TraceReading(bytes.span.bytes, at: sample.place, names)
    #expect(reading.problem?.message.contains("checksum") == true)
    #expect(reading.traces.count == 2)
  }

  /// A chain of pages that leads back to itself.
  @Test func pagesThatLeadInCirclesEnd() throws {
    let sample = try #require(TraceFixture.rpmForms.first { $0.name.contains("/other-order/") })
    let bytes = try sample.bytes
    // The pages of the first buckets, and of their chains.
    for page in 1..<min(40, bytes.count / 512) {
      var damaged = bytes
      // The next page is the page itself, in the byte order of the file.
      for index in 0..<4 { damaged[512 * page + 16 + index] = bytes[512 * page + 8 + index] }
      let reading = TraceReading(damaged.span.bytes, at: sample.place, names)
      #expect(reading.traces.count <= 2)
    }
  }
}
