import Findings
import Profiles

/// Records in SYSTEM: services, drivers and device filters, in every control set.
struct ServiceTraces {
  /// The hive, with the defects found in it.
  private(set) var hive: RegistryHive
  /// Records of the company's software.
  private(set) var traces: [Trace] = []

  private let names: RecordNames
  private var registry: RegistryNames { names.registry }

  /// Reads the records in `hive`.
  init(in hive: RegistryHive, _ names: RecordNames) {
    self.hive = hive
    self.names = names
    let root = hive.root
    let current = currentSet(below: root)
    for set in self.hive.subkeys(of: root) {
      guard set.name.lowercased().hasPrefix("controlset") else { continue }
      // Without a record of the current control set, any may be current.
      let isCurrent = current.map { UInt32(set.name.dropFirst("ControlSet".count)) == $0 } ?? true
      read(set, isCurrent)
    }
  }

  private mutating func currentSet(below root: RegistryKey) -> UInt32? {
    guard let select = hive.key(["Select"], below: root),
      let value = hive.value("Current", of: select)
    else { return nil }
    return hive.number(of: value)
  }

  private mutating func read(_ set: RegistryKey, _ isCurrent: Bool) {
    var found = [Trace]()
    // Services whose name alone is not sufficient: they count beside one that is certain.
    var ambiguous = [Trace]()
    for service in hive.key(["Services"], below: set).map({ hive.subkeys(of: $0) }) ?? [] {
      guard let (trace, isCertain) = trace(of: service, isCurrent) else { continue }
      if isCertain { found.append(trace) } else { ambiguous.append(trace) }
    }
    found += filters(in: set, isCurrent)
    if !found.isEmpty { found += ambiguous }
    traces += found.prefix(max(0, TraceReading.mostTraces - traces.count))
  }

  // MARK: Services

  private mutating func trace(of service: RegistryKey, _ isCurrent: Bool) -> (
    Trace, isCertain: Bool
  )? {
    let values = hive.values(of: service)
    func value(_ name: String) -> RegistryValue? { values.first { $0.name.isSame(as: name) } }
    let path = value("ImagePath").flatMap { hive.text(of: $0, service) }.map(ProgramPath.first)
    let isDriver = value("Type").flatMap { hive.number(of: $0) }.map { $0 & 3 != 0 } ?? false
    guard let isCertain = isCertain(service, path, isDriver: isDriver) else { return nil }
    // 0: started by the boot loader; 1: by the kernel; 2: automatically (CreateService,
    // dwStartType).
    let start = value("Start").flatMap { hive.number(of: $0) }
    let trace = Trace(
      kind: .service, place: service.path,
      edition: registry.isEdition(service.name) ? service.name : nil, program: path,
      isActive: start.map { $0 <= 2 && isCurrent }, written: service.written)
    return (trace, isCertain)
  }

  /// Whether a service is certainly the company's (true), or only if another one is (false); nil
  /// if it is somebody else's.
  private mutating func isCertain(_ service: RegistryKey, _ path: String?, isDriver: Bool) -> Bool?
  {
    if let path, names.isInFolder(path) { return true }
    let name = service.name.lowercased()
    if let path, registry.services.contains(name),
      ProgramPath.name(at: path, without: ".exe") == name
    {
      return true
    }
    guard path.map({ Self.isDriver($0, called: name) }) ?? isDriver else { return nil }
    if registry.drivers.contains(name) { return true }
    guard registry.ambiguousDrivers.contains(name) else { return nil }
    return hasAltitude(service, name)
  }

  /// Whether the file is the driver with that name, or its variant for old systems
  /// (docs/facts.md#windows-drivers), in the folder of drivers. Without a path, Windows uses
  /// `System32\drivers` and the name.
  private static func isDriver(_ path: String, called name: String) -> Bool {
    let file = ProgramPath.name(at: path, without: ".sys")
    guard file == name || file == name + "_sha1" else { return false }
    let folders = path.lowercased().split(separator: "\\").dropLast()
    return folders.last == "drivers" || folders.contains("driverstore")
  }

  /// Whether an instance of the filter has an altitude that Microsoft registered for it.
  private mutating func hasAltitude(_ service: RegistryKey, _ name: String) -> Bool {
    guard let altitudes = registry.altitudes[name],
      let instances = hive.key(["Instances"], below: service)
    else { return false }
    return hive.subkeys(of: instances).contains { instance in
      hive.texts(of: instance)["altitude"].map(altitudes.contains) ?? false
    }
  }

  // MARK: Filters of devices

  private mutating func filters(in set: RegistryKey, _ isCurrent: Bool) -> [Trace] {
    guard let classes = hive.key(["Control", "Class"], below: set) else { return [] }
    var traces = [Trace]()
    for deviceClass in hive.subkeys(of: classes) {
      guard let value = hive.value("UpperFilters", of: deviceClass) else { continue }
      for filter in hive.textList(of: value, deviceClass) {
        guard let prefix = registry.deviceFilters[filter.lowercased()],
          deviceClass.name.uppercased().hasPrefix(prefix)
        else { continue }
        traces.append(
          Trace(
            kind: .service, place: deviceClass.path + "\\UpperFilters", program: filter,
            isActive: isCurrent, written: deviceClass.written))
      }
    }
    return traces
  }
}
