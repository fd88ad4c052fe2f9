import Catalogue
import Evidence
import Findings
import Profiles
import TestSupport
import Testing

@testable import Traces

/// Services, drivers and filters in the hive SYSTEM: those of hivex, and built ones of another company.
@Suite struct ServiceTracesTests {
  @Test func systemRecordsServicesDriversAndFilters() throws {
    let sample = TraceFixture.Sample(
      name: "installed/Windows/System32/config/SYSTEM", place: .systemHive)
    let bytes = try sample.bytes
    let reading = TraceReading(bytes.span.bytes, at: .systemHive, VendorProfile.kaspersky.records)
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
    #expect(Set(reading.traces.map(undated)) == Set(expected))
    #expect(reading.traces.count == expected.count)
  }

  /// The record without its time of writing, which is the build time of the fixture.
  private func undated(_ trace: Trace) -> Trace {
    var trace = trace
    trace.written = nil
    return trace
  }

  private static let names: RecordNames = {
    var names = RecordNames()
    names.folders = ["Acme"]
    names.registry.drivers = ["acmeflt"]
    names.registry.ambiguousDrivers = ["af1"]
    names.registry.services = ["acmesvc"]
    names.registry.altitudes = ["af1": ["320123"]]
    names.registry.deviceFilters = ["acmekbd": "{4D36E96B", "acmeany": ""]
    names.registry.editions = ["ACME"]
    return names
  }()

  private typealias Key = HiveBuilder.Key

  private func traces(_ keys: [HiveBuilder.Key]) throws -> [Trace] {
    try HiveBuilder.hive(keys).withUnsafeBytes { bytes in
      let found = ServiceTraces(in: try RegistryHive(bytes, name: "HKLM\\SYSTEM"), Self.names)
      #expect(found.hive.damage == nil)
      return found.traces
    }
  }

  /// The traces of services in the only control set.
  private func traces(of services: HiveBuilder.Key...) throws -> [Trace] {
    try traces([Key("ControlSet001", [Key("Services", services)])])
  }

  private static func driver(_ name: String, _ path: String) -> HiveBuilder.Key {
    Key(name).with("ImagePath", path).with("Type", 2)
  }

  private static let filter = driver("acmeflt", #"system32\DRIVERS\acmeflt.sys"#)

  @Test func aServiceIsActiveIfItsSetIsCurrentAndItStartsByItself() throws {
    let services = [
      Self.filter.with("Start", 0), Self.driver("other", #"C:\Acme\o.sys"#).with("Start", 3),
      Self.driver("none", #"C:\Acme\n.sys"#),
    ]
    let sets = ["ControlSet001", "ControlSet002", "Setup"].map {
      Key($0, [Key("Services", services)])
    }
    let found = try traces([Key("Select").with("Current", 2)] + sets)
    #expect(found.map(\.isActive) == [false, false, nil, true, false, nil])
    #expect(found.first?.place == #"HKLM\SYSTEM\ControlSet001\Services\acmeflt"#)
    #expect(found.first?.written?.seconds == 1_655_526_400)
    // Without a record of the current set any may be it.
    #expect(try traces(sets).map(\.isActive) == [true, false, nil, true, false, nil])
  }

  @Test(arguments: [
    (#"system32\DRIVERS\acmeflt.sys"#, true),
    (#"\??\C:\Windows\System32\drivers\AcmeFlt_SHA1.SYS"#, true),
    (#"C:\Windows\System32\DriverStore\FileRepository\x\acmeflt.sys"#, true),
    (#"C:\x\acmeflt.sys"#, false), (#"system32\DRIVERS\other.sys"#, false),
    (#"system32\DRIVERS\acmeflt.exe"#, false), (#"C:\drivers\x\acmeflt.sys"#, false),
  ])
  func aDriverHasTheNameOfItsServiceInAFolderOfDrivers(_ path: String, _ expected: Bool) throws {
    #expect(try traces(of: Self.driver("AcmeFlt", path)).count == (expected ? 1 : 0))
    #expect(try traces(of: Self.driver("unknown", path)).isEmpty)
  }

  @Test func withoutAPathOnlyADriverIsFoundByItsName() throws {
    #expect(try traces(of: Key("acmeflt").with("Type", 1)).count == 1)
    #expect(try traces(of: Key("acmeflt").with("Type", 0x10)).isEmpty, "a program")
    #expect(try traces(of: Key("acmeflt")).isEmpty)
    #expect(try traces(of: Key("unknown").with("Type", 1)).isEmpty)
  }

  @Test func aProgramIsInTheCompanysFolderOrHasTheNameOfItsService() throws {
    let anywhere = Key("AcmeSvc").with("ImagePath", #""D:\a b\acmesvc.exe" -k x"#)
    let folder = Key("ACME7").with("ImagePath", #"C:\Program Files\ACME\x.exe -s"#)
    let found = try traces(of: anywhere, folder)
    #expect(found.map(\.program) == [#"D:\a b\acmesvc.exe"#, #"C:\Program Files\ACME\x.exe"#])
    #expect(found.map(\.edition) == [nil, "ACME7"])
    #expect(try traces(of: Key("acmesvc").with("ImagePath", #"D:\other.exe"#)).isEmpty)
    #expect(try traces(of: Key("x").with("ImagePath", #"C:\x.exe C:\Acme\x"#)).isEmpty)
  }

  @Test func anAmbiguousNameNeedsAnAltitudeOrACertainService() throws {
    let path = #"system32\drivers\af1.sys"#
    let ambiguous = Self.driver("af1", path)
    #expect(try traces(of: ambiguous).isEmpty)
    #expect(try traces(of: ambiguous, Self.filter).count == 2)
    func filter(_ altitude: String) -> HiveBuilder.Key {
      var key = ambiguous
      key.keys = [Key("Instances", [Key("one").with("Altitude", altitude)])]
      return key
    }
    #expect(try traces(of: filter("320123")).count == 1)
    #expect(try traces(of: filter("320124")).isEmpty)
  }

  @Test func filtersOfDevicesCountInTheirClass() throws {
    func traces(_ name: String, _ filters: String) throws -> [Trace] {
      let device = Key(name).with("UpperFilters", 7, [UInt8](utf16: filters))
      return try self.traces([Key("ControlSet001", [Key("Control", [Key("Class", [device])])])])
    }
    let keyboard = "{4d36e96b-e325-11ce-bfc1-08002be10318}"
    let found = try traces(keyboard, "kbdclass\0ACMEKBD\0acmeany\0\0")
    #expect(found.map(\.program) == ["ACMEKBD", "acmeany"])
    #expect(
      found.first?.place == #"HKLM\SYSTEM\ControlSet001\Control\Class\"# + keyboard
        + #"\UpperFilters"#)
    #expect(try traces("{other}", "acmekbd\0acmeany\0\0").map(\.program) == ["acmeany"])
    #expect(try traces(keyboard, "kbdclass\0\0").isEmpty)
  }

  @Test func tracesAreBounded() throws {
    let many = (0..<600).map { Key("s\($0)").with("ImagePath", #"C:\Acme\a.exe"#) }
    let sets = ["ControlSet001", "ControlSet002"].map { Key($0, [Key("Services", many)]) }
    #expect(try traces(sets).count == 1000)
  }
}
