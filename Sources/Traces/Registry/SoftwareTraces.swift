import Findings
import Profiles

/// Records in SOFTWARE, or in `Software` of a user: the company's own keys, uninstall entries,
/// and programs that start at logon.
struct SoftwareTraces {
  /// The hive, with the defects found in it.
  private(set) var hive: RegistryHive
  /// Records of the company's software.
  private(set) var traces: [Trace] = []

  private let names: RecordNames
  private var registry: RegistryNames { names.registry }

  /// Reads the records in the hive SOFTWARE.
  init(in hive: RegistryHive, _ names: RecordNames) {
    self.hive = hive
    self.names = names
    read(hive.root)
  }

  /// Reads the records in the hive of a user.
  init(ofUser hive: RegistryHive, _ names: RecordNames) {
    self.hive = hive
    self.names = names
    if let software = self.hive.key(["Software"], below: hive.root) { read(software) }
  }

  private mutating func read(_ software: RegistryKey) {
    readView(software)
    // The view of 32-bit programs on 64-bit Windows.
    if let view = hive.key(["WOW6432Node"], below: software) { readView(view) }
    readInstaller(software)
  }

  private mutating func readView(_ view: RegistryKey) {
    if let name = registry.key, let key = hive.key([name], below: view) { readCompany(key) }
    let windows = ["Microsoft", "Windows", "CurrentVersion"]
    guard let current = hive.key(windows, below: view) else { return }
    for key in hive.subkeys(of: current) {
      switch key.name.lowercased() {
      case "uninstall":
        for entry in hive.subkeys(of: key) { readProduct(entry, code: entry.name, values: entry) }
      case "run", "runonce": readCommands(key)
      default: break
      }
    }
  }

  // MARK: The company's keys

  /// Reads the company's key, and the keys directly below it that contain products, too.
  private mutating func readCompany(_ company: RegistryKey) {
    let keys = hive.subkeys(of: company)
    if keys.isEmpty { addSettings(company) }
    for key in keys {
      guard registry.innerKeys.contains(where: key.name.isSame) else {
        readCompany(part: key)
        continue
      }
      for key in hive.subkeys(of: key) { readCompany(part: key) }
    }
  }

  private mutating func readCompany(part key: RegistryKey) {
    let count = traces.count
    if registry.productsKey.map(key.name.isSame) == true {
      for product in hive.subkeys(of: key) {
        add(
          Trace(
            kind: .installation, place: product.path, product: product.name,
            written: product.written))
      }
    } else if registry.componentsKey.map(key.name.isSame) == true {
      readComponents(key)
    } else {
      readEnvironment(of: key)
    }
    if traces.count == count { addSettings(key) }
  }

  /// Reads a product's record of itself. Keys may remain after an uninstallation: without a
  /// folder or a version it is not an installation.
  private mutating func readEnvironment(of key: RegistryKey) {
    guard let names = registry.environment, let environment = hive.key([names.key], below: key)
    else { return }
    let texts = hive.texts(of: environment)
    let (folder, version) = (texts[names.folder], texts[names.version])
    guard folder != nil || version != nil else { return }
    add(
      Trace(
        kind: .installation, place: environment.path, product: texts[names.product],
        edition: key.name, version: version, folder: folder ?? texts[names.otherFolder],
        written: environment.written))
  }

  private mutating func readComponents(_ key: RegistryKey) {
    for component in registry.components {
      guard let record = hive.key(component.path, below: key),
        let program = hive.texts(of: record)[component.value]
      else { continue }
      let folder = program.lastIndex(of: "\\").map { String(program[..<$0]) }
      add(
        Trace(
          kind: .installation, place: record.path, product: component.product, folder: folder,
          written: record.written))
    }
  }

  private mutating func addSettings(_ key: RegistryKey) {
    add(
      Trace(
        kind: .settings, place: key.path,
        edition: registry.isEdition(key.name) ? key.name : nil, written: key.written))
  }

  // MARK: Windows' lists

  /// Reads products in the form of Windows Installer, under their packed codes.
  private mutating func readInstaller(_ software: RegistryKey) {
    let path = ["Microsoft", "Windows", "CurrentVersion", "Installer", "UserData"]
    guard let users = hive.key(path, below: software) else { return }
    for user in hive.subkeys(of: users) {
      guard let products = hive.key(["Products"], below: user) else { continue }
      for product in hive.subkeys(of: products) {
        guard let values = hive.key(["InstallProperties"], below: product) else { continue }
        readProduct(product, code: ProductCode.unpacked(product.name) ?? "", values: values)
      }
    }
  }

  /// Reads one uninstall entry if its publisher or its code is the company's.
  private mutating func readProduct(_ key: RegistryKey, code: String, values: RegistryKey) {
    let texts = hive.texts(of: values)
    let known = registry.productCodes[code.uppercased()]
    guard known != nil || texts["publisher"].map(names.publishers.contains) == true else { return }
    add(
      Trace(
        kind: .package, place: key.path, product: texts["displayname"] ?? known,
        version: texts["displayversion"], folder: texts["installlocation"], isActive: true,
        written: values.written))
  }

  /// Reads commands that run at logon.
  private mutating func readCommands(_ key: RegistryKey) {
    for value in hive.values(of: key) {
      guard let program = hive.text(of: value, key).map(ProgramPath.first),
        names.isInFolder(program)
      else { continue }
      add(
        Trace(
          kind: .service, place: key.path + "\\" + value.name, program: program, isActive: true,
          written: key.written))
    }
  }

  private mutating func add(_ trace: Trace) {
    if traces.count < TraceReading.mostTraces { traces.append(trace) }
  }
}

/// Product codes as Windows Installer writes them in key names: the digits of each group, or of
/// each byte of the last two groups, reversed.
enum ProductCode {
  private static let groups = [8, 4, 4, 2, 2, 2, 2, 2, 2, 2, 2]

  /// Converts 32 digits to `{…}`; nil for other names.
  static func unpacked(_ name: String) -> String? {
    var digits = Array(name.utf8)[...]
    guard digits.count == groups.reduce(0, +) else { return nil }
    var parts = [String]()
    for length in groups {
      parts.append(String(decoding: digits.prefix(length).reversed(), as: UTF8.self))
      digits = digits.dropFirst(length)
    }
    return "{" + parts[0...2].joined(separator: "-") + "-" + parts[3...4].joined() + "-"
      + parts[5...].joined() + "}"
  }
}
