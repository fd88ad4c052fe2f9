import Catalogue
import Evidence
import Findings
import Foundation
import Profiles
import TestSupport
import Testing

@testable import Traces

@Suite struct SoftwareTracesTests {
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

  // MARK: Built hives of another company

  private typealias Key = HiveBuilder.Key

  private static let names: RecordNames = {
    var names = RecordNames()
    names.folders = ["Acme"]
    names.publishers.wholeNames = ["Acme Ltd"]
    names.registry.key = "Acme"
    names.registry.innerKeys = ["protected"]
    names.registry.productsKey = "Products"
    names.registry.componentsKey = "Components"
    names.registry.components = [
      RegistryNames.Component(path: ["7", "Installer"], value: "path", product: "Acme Agent")
    ]
    names.registry.environment = RegistryNames.Environment(
      key: "environment", product: "name", version: "version", folder: "root",
      otherFolder: "folder")
    names.registry.editions = ["SHIELD"]
    names.registry.productCodes = ["{90120000-0030-0000-0000-0000000FF1CE}": "Acme Office"]
    return names
  }()

  private func traces(_ keys: HiveBuilder.Key..., ofUser: Bool = false) throws -> [Trace] {
    try HiveBuilder.hive(keys).withUnsafeBytes { bytes in
      let hive = try RegistryHive(bytes, name: "HK")
      let found =
        ofUser ? SoftwareTraces(ofUser: hive, Self.names) : SoftwareTraces(in: hive, Self.names)
      #expect(found.hive.damage == nil)
      return found.traces
    }
  }

  private static func windows(_ keys: HiveBuilder.Key...) -> HiveBuilder.Key {
    Key("Microsoft", [Key("Windows", [Key("CurrentVersion", keys)])])
  }

  @Test func aProductRecordsItselfWithAFolderOrAVersion() throws {
    let whole = Key("environment").with("Name", "Shield").with("Version", "7.1").with(
      "Root", #"C:\S"#)
    let other = Key("environment").with("Version", "7").with("Folder", #"D:\S"#)
    let empty = Key("environment").with("Name", "Shield").with("Folder", #"D:\S"#)
    let found = try traces(
      Key("Acme", [Key("Shield7", [whole]), Key("Shield", [other]), Key("Shield8", [empty])]))
    #expect(found.map(\.kind) == [.installation, .installation, .settings])
    #expect(
      found.map(\.place) == [
        #"HK\Acme\Shield7\environment"#, #"HK\Acme\Shield\environment"#, #"HK\Acme\Shield8"#,
      ])
    #expect(
      found.map(\.product) == ["Shield", nil, nil] && found.map(\.version) == ["7.1", "7", nil])
    #expect(found.map(\.folder) == [#"C:\S"#, #"D:\S"#, nil])
    // Settings state an edition only if a digit follows.
    #expect(found.map(\.edition) == ["Shield7", "Shield", "Shield8"])
    #expect(try traces(Key("Acme", [Key("Shielded")])).map(\.edition) == [nil])
  }

  @Test func innerKeysProductsAndComponentsAreRead() throws {
    let component = Key(
      "Components", [Key("7", [Key("Installer").with("Path", #"C:\A\agent.exe"#)]), Key("8")])
    let found = try traces(
      Key(
        "ACME",
        [
          Key("Protected", [Key("Products", [Key("Shield 7"), Key("Vault")])]), component,
        ]))
    #expect(found.map(\.product) == ["Shield 7", "Vault", "Acme Agent"])
    #expect(found.last?.folder == #"C:\A"# && found.allSatisfy { $0.kind == .installation })
    // Without what they record they are settings.
    let empty = try traces(Key("Acme", [Key("Products"), Key("Components", [Key("8")])]))
    #expect(empty.map(\.kind) == [.settings, .settings])
    #expect(try traces(Key("Acme")).map(\.place) == [#"HK\Acme"#])
    #expect(try traces(Key("Acme2", [Key("Products", [Key("x")])])).isEmpty)
  }

  @Test func uninstallEntriesCountByPublisherOrCode() throws {
    let list = Key(
      "Uninstall",
      [
        Key("a").with("Publisher", "ACME LTD").with("DisplayName", "Shield").with(
          "DisplayVersion", "7"),
        Key("{90120000-0030-0000-0000-0000000ff1ce}"),
        Key("b").with("Publisher", "Acme Ltd & Sons"),
        Key("c").with("DisplayName", "Acme Ltd"),
      ])
    let found = try traces(Self.windows(list), Key("WOW6432Node", [Self.windows(list)]))
    #expect(found.map(\.product) == ["Shield", "Acme Office", "Shield", "Acme Office"])
    #expect(found.map(\.version) == ["7", nil, "7", nil])
    #expect(found.allSatisfy { $0.kind == .package && $0.isActive == true })
    #expect(found[2].place.hasPrefix(#"HK\WOW6432Node\Microsoft\"#))
  }

  /// Windows Installer packs the code of Office 2007: {90120000-0030-0000-0000-0000000FF1CE}.
  @Test func productsOfTheInstallerHavePackedCodes() throws {
    let packed = "00002109030000000000000000F01FEC"
    #expect(ProductCode.unpacked(packed) == "{90120000-0030-0000-0000-0000000FF1CE}")
    for name in ["", String(packed.dropLast()), packed + "0", "ä" + packed.dropFirst()] {
      #expect(ProductCode.unpacked(name) == nil)
    }
    func installer(_ name: String, _ inner: String) -> HiveBuilder.Key {
      let products = Key("Products", [Key(name, [Key(inner).with("InstallLocation", "C:")])])
      return Self.windows(Key("Installer", [Key("UserData", [Key("S-1-5-18", [products])])]))
    }
    let found = try traces(installer(packed, "InstallProperties"))
    #expect(found.map(\.product) == ["Acme Office"] && found.first?.folder == "C:")
    #expect(try traces(installer(packed, "Usage")).isEmpty)
    #expect(try traces(installer(String(packed.dropLast()) + "D", "InstallProperties")).isEmpty)
  }

  @Test func commandsAtLogonCountByTheirFolder() throws {
    let run = Key("Run").with("A", #""C:\Acme\a.exe" /s"#).with("B", #"C:\b.exe C:\Acme\a"#)
      .with("C", 7)
    let once = Key("RunOnce").with("D", #"C:\acme\d.exe"#)
    let user = Key(
      "Software", [Self.windows(run, once, Key("Runner").with("E", #"C:\Acme\e.exe"#))])
    let found = try traces(user, ofUser: true)
    #expect(found.map(\.program) == [#"C:\Acme\a.exe"#, #"C:\acme\d.exe"#])
    #expect(found.first?.place == #"HK\Software\Microsoft\Windows\CurrentVersion\Run\A"#)
    #expect(try traces(user).isEmpty, "the root of the machine's hive is Software itself")
  }

  @Test func tracesAreBounded() throws {
    let products = Key("Products", (0..<1200).map { Key("p\($0)") })
    #expect(try traces(Key("Acme", [products])).count == 1000)
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
