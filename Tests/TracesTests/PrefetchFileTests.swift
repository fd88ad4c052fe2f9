import Catalogue
import Evidence
import Findings
import Foundation
import Profiles
import TestSupport
import Testing
import Traces

/// Compressed prefetch files say what libscca reads in them.
@Suite struct PrefetchFileTests {
  private let names = VendorProfile.kaspersky.records

  private func read(_ name: String) throws -> TraceReading {
    let bytes = try TraceFixture.Sample(name: "prefetch/" + name, place: .prefetch).bytes
    return TraceReading(bytes.span.bytes, at: .prefetch, names)
  }

  /// Fields of sccainfo's output.
  private func fields(_ name: String, _ label: String) throws -> [String] {
    let text = try String(
      contentsOfFile: TraceFixture.folder + "/prefetch/\(name).txt", encoding: .utf8)
    return text.split(separator: "\n").filter { $0.contains(label) }
      .compactMap { $0.split(separator: "\t").last.map { String($0.dropFirst(2)) } }
  }

  @Test(arguments: ["AVP.EXE-A1B2C3D4.pf", "EXPLORER.EXE-D5E97654.pf"])
  func theCompanysFileIsFoundAmongThoseThatWereLoaded(_ name: String) throws {
    let reading = try read(name)
    #expect(reading.problem == nil)
    let trace = try #require(reading.traces.first)
    #expect(reading.traces.count == 1)
    #expect(trace.kind == .execution)
    #expect([trace.place] == (try fields(name, "Executable filename")))
    let files = try fields(name, "Filename: ")
    #expect(files.filter { $0.contains("\\KASPERSKY LAB\\") } == [trace.program])
    let attribution = Attribution(of: reading.traces, at: .prefetch, .kaspersky)
    #expect(attribution?.confidence == .weak)
    #expect(attribution?.rule == "kaspersky_windows_trace_prefetch_compressed")
    #expect(attribution?.reasons.first?.contains("used \(files.last ?? "")") == true)
  }

  @Test func otherFoldersAreNone() throws {
    let reading = try read("NOTEPAD.EXE-0A0B0C0D.pf")
    #expect(reading.problem == nil)
    #expect(reading.traces.isEmpty)
  }

  @Test func aFileThatIsCutOffOrOverstatesItsSizeIsSaidToBe() throws {
    let bytes = try TraceFixture.Sample(
      name: "prefetch/AVP.EXE-A1B2C3D4.pf", place: .prefetch
    ).bytes
    for length in [8, 100, 264, bytes.count - 2] {
      let cut = Array(bytes.prefix(length))
      #expect(TraceReading(cut.span.bytes, at: .prefetch, names).problem?.reason == .unreadable)
    }
    var large = bytes
    for index in 4..<8 { large[index] = 0xFF }
    #expect(TraceReading(large.span.bytes, at: .prefetch, names).problem?.reason == .unreadable)
  }
}
