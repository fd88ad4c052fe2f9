import Catalogue
import Evidence
import Findings
import Foundation
import Profiles
import TestSupport
import Testing
import Traces

@Suite struct RegistryTests {
  private func read(_ name: String, _ place: KnownPlace) throws -> TraceReading {
    let bytes = try TraceFixture.Sample(name: name, place: place).bytes
    return TraceReading(bytes.span.bytes, at: place, VendorProfile.kaspersky.records)
  }

  @Test func softwareRecordsProductsAgentsAndWhatCanBeUninstalled() throws {
    let reading = try read("installed/Windows/System32/config/SOFTWARE", .softwareHive)
    #expect(reading.problem == nil)
    let view = #"HKLM\SOFTWARE\WOW6432Node\"#
    let folder = #"C:\Program Files (x86)\Kaspersky Lab\Kaspersky 21.15\"#
    let windows = #"Microsoft\Windows\CurrentVersion\"#
    let expected = [
      Trace(kind: .settings, place: #"HKLM\SOFTWARE\KasperskyLab\LicStorage"#),
      Trace(
        kind: .installation, place: view + #"KasperskyLab\AVP21.15\environment"#,
        product: "Kaspersky", edition: "AVP21.15", version: "21.15.8.493", folder: folder),
      Trace(
        kind: .installation, place: view + #"KasperskyLab\protected\KES12\environment"#,
        product: "Kaspersky Endpoint Security for Windows", edition: "KES12", version: "12.4.0.467"),
      Trace(
        kind: .installation, place: view + #"KasperskyLab\Components\27\1103\1.0.0.0\Installer"#,
        product: "Kaspersky Network Agent",
        folder: #"C:\Program Files (x86)\Kaspersky Lab\NetworkAgent"#),
      Trace(
        kind: .installation,
        place: view
          + #"KasperskyLab\InstalledProducts\Kaspersky Anti-Virus for Windows Workstations"#,
        product: "Kaspersky Anti-Virus for Windows Workstations"),
      Trace(
        kind: .package, place: view + windows + #"Uninstall\InstallWIX_{A1}"#,
        product: "Kaspersky", version: "21.15.8.493", folder: folder, isActive: true),
      Trace(
        kind: .package,
        place: #"HKLM\SOFTWARE\"# + windows + #"Uninstall\{BCF4CF24-88AB-45E1-A6E6-40C8278A70C5}"#,
        product: "Kaspersky Network Agent", version: "14.2.0.26967", isActive: true),
      Trace(
        kind: .package,
        place: #"HKLM\SOFTWARE\"# + windows
          + #"Installer\UserData\S-1-5-18\Products\5E4E50F098A5C284A92674CC85467388"#,
        product: "Kaspersky Security Center Network Agent", isActive: true),
      Trace(
        kind: .service, place: #"HKLM\SOFTWARE\"# + windows + #"Run\AVPUI"#,
        program: folder + "avpui.exe", isActive: true),
    ]
    #expect(Set(reading.traces.map(\.undated)) == Set(expected))
    #expect(reading.traces.count == expected.count)
  }

  @Test func systemRecordsServicesDriversAndFilters() throws {
    let reading = try read("installed/Windows/System32/config/SYSTEM", .systemHive)
    #expect(reading.problem == nil)
    let services = #"HKLM\SYSTEM\ControlSet001\Services\"#
    let expected = [
      Trace(
        kind: .service, place: services + "klif", program: #"system32\DRIVERS\klif.sys"#,
        isActive: true),
      // Its name alone would not be enough.
      Trace(
        kind: .service, place: services + "kl1", program: #"system32\DRIVERS\kl1.sys"#,
        isActive: true),
      // Without a path Windows uses the driver with that name.
      Trace(kind: .service, place: services + "klhk", isActive: false),
      Trace(
        kind: .service, place: services + "AVP21.15", edition: "AVP21.15",
        program: #"C:\Program Files (x86)\Kaspersky Lab\Kaspersky 21.15\avp.exe"#, isActive: true),
      Trace(
        kind: .service, place: services + "klnagent",
        program: #"D:\Agents\NetworkAgent\klnagent.exe"#, isActive: true),
      Trace(
        kind: .service,
        place: #"HKLM\SYSTEM\ControlSet001\Control\Class\"#
          + #"{4D36E96F-E325-11CE-BFC1-08002BE10318}\UpperFilters"#,
        program: "klmouflt", isActive: true),
      // The control set that is not the current one starts nothing.
      Trace(
        kind: .service, place: #"HKLM\SYSTEM\ControlSet002\Services\klif"#,
        program: #"system32\DRIVERS\klif.sys"#, isActive: false),
    ]
    #expect(Set(reading.traces.map(\.undated)) == Set(expected))
    #expect(reading.traces.count == expected.count)
  }

  @Test func aUserRecordsProductsAndWhatStartsWithHim() throws {
    let reading = try read("installed/Users/anna/NTUSER.DAT", .userHive)
    #expect(reading.problem == nil)
    #expect(
      reading.traces.map(\.place) == [
        #"HKCU\Software\KasperskyLab\AVP21.15\environment"#,
        #"HKCU\Software\Microsoft\Windows\CurrentVersion\Run\KSDE"#,
      ])
    #expect(
      reading.traces.last?.program == #"C:\Program Files (x86)\Kaspersky Lab\KSDE5.2\ksdeui.exe"#)
  }

  @Test func leftOverKeysAreSettings() throws {
    let reading = try read("left-over/Windows/System32/config/SOFTWARE", .softwareHive)
    #expect(reading.problem == nil)
    #expect(
      Set(reading.traces.map(\.undated)) == [
        Trace(kind: .settings, place: #"HKLM\SOFTWARE\KasperskyLab\AVP21.3"#, edition: "AVP21.3"),
        Trace(
          kind: .settings, place: #"HKLM\SOFTWARE\WOW6432Node\KasperskyLab\protected\LicStorage"#),
      ])
    let attribution = Attribution(of: reading.traces, at: .softwareHive, .kaspersky)
    #expect(attribution?.confidence == .weak)
    #expect(attribution?.rule == "kaspersky_windows_registry_settings")
  }

  @Test(arguments: TraceFixture.samples("near-miss"))
  func othersAreNotAccused(_ sample: TraceFixture.Sample) throws {
    let bytes = try sample.bytes
    let reading = TraceReading(bytes.span.bytes, at: sample.place, VendorProfile.kaspersky.records)
    #expect(reading.traces == [])
    #expect(reading.problem == nil)
  }

  @Test func indexRootsWideNamesAndBigDataAreRead() throws {
    let reading = try read("shapes/SOFTWARE", .softwareHive)
    #expect(reading.problem == nil)
    let trace = try #require(reading.traces.first)
    #expect(reading.traces.count == 1)
    #expect(trace.place == #"HKLM\SOFTWARE\KasperskyLab\KES12\environment"#)
    #expect(trace.product == "Kaspersky Endpoint Security für Windows")
    #expect(trace.version == "12.4.0.467")
    // Only the beginning of big data is read.
    #expect(trace.folder?.hasPrefix(#"C:\Program Files\Kaspersky Lab\xxx"#) == true)
    #expect(trace.folder?.count == 1024)
    #expect(trace.written?.rfc3339 == "2023-11-14T22:13:20Z")
    // hivex, an independent reader, finds the same in it.
    let peer = try String(
      contentsOfFile: TraceFixture.shapes.path + ".xml", encoding: .utf8)
    #expect(peer.contains("<node name=\"KasperskyLab\">"))
    #expect(peer.contains("Kaspersky Endpoint Security für Windows"))
    #expect(peer.contains("12.4.0.467"))
  }

  /// A long value of an old hive, written by hivex, is what hivex reads, though its data begins like big data.
  @Test func aLongValueOfAnOldHiveIsReadAsHivexReadsIt() throws {
    let bytes = try TraceFixture.old.bytes
    #expect(bytes[24] == 3)
    let reading = TraceReading(bytes.span.bytes, at: .softwareHive, VendorProfile.kaspersky.records)
    #expect(reading.problem == nil)
    let trace = try #require(reading.traces.first { $0.kind == .installation })
    #expect(trace.version == "7.0.1.325")
    let peer = try String(
      contentsOfFile: TraceFixture.folder + "/old/ProductRoot", encoding: .utf8)
    #expect(peer.hasPrefix("\u{6264}\\Kaspersky Lab\\xxx") && peer.count > 20_000)
    #expect(trace.folder.map { peer.hasPrefix($0) } == true)
    #expect(trace.folder?.count == 1024)
  }

  /// Big data exists since 1.4: in an older hive a cell that begins with its letters is the data.
  @Test func anOlderHiveHasNoBigData() throws {
    var bytes = try TraceFixture.shapes.bytes
    // The minor version, and the checksum, which is an exclusive or of all words.
    let minor = bytes[24]
    #expect(minor > 3)
    bytes[24] = 3
    bytes[508] ^= minor ^ 3
    let reading = TraceReading(bytes.span.bytes, at: .softwareHive, VendorProfile.kaspersky.records)
    let folder = try #require(reading.traces.first?.folder)
    // The letters "db" as one letter of UTF-16.
    #expect(folder.hasPrefix("\u{6264}"))
    #expect(reading.problem?.message.contains("a value of") == true)
  }
}

extension Trace {
  /// The record without its time of writing, which is the build time of the fixture.
  fileprivate var undated: Trace {
    var trace = self
    trace.written = nil
    return trace
  }
}
