import Findings

/// What SOFTWARE, or `Software` of a user, records: the company's own keys, what can be uninstalled, what starts
/// when somebody logs on.
struct SoftwareTraces {
  /// The hive, with what went wrong on the way.
  private(set) var hive: RegistryHive
  /// What it records of the company's software.
  private(set) var traces: [Trace] = []

  /// Reads what the hive SOFTWARE records.
  init(in hive: RegistryHive) {
    self.hive = hive
    read(hive.root)
  }

  /// Reads what the hive of a user records.
  init(ofUser hive: RegistryHive) {
    self.hive = hive
    if let software = self.hive.key(["Software"], below: hive.root) { read(software) }
  }

  private mutating func read(_ software: RegistryKey) {
    readView(software)
    // What programs of 32 bits see on Windows of 64 bits.
    if let view = hive.key(["WOW6432Node"], below: software) { readView(view) }
    readInstaller(software)
  }

  private mutating func readView(_ view: RegistryKey) {
    if let key = hive.key([KasperskyNames.registryKey], below: view) { readCompany(key) }
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

  /// `KasperskyLab`, and `KasperskyLab\protected` (A1.6).
  private mutating func readCompany(_ company: RegistryKey) {
    let keys = hive.subkeys(of: company)
    if keys.isEmpty { addSettings(company) }
    for key in keys {
      guard key.name.isSame(as: "protected") else {
        readCompany(part: key)
        continue
      }
      for key in hive.subkeys(of: key) { readCompany(part: key) }
    }
  }

  private mutating func readCompany(part key: RegistryKey) {
    let count = traces.count
    switch key.name.lowercased() {
    case "installedproducts":
      for product in hive.subkeys(of: key) {
        add(
          Trace(
            kind: .installation, place: product.path, product: product.name,
            written: product.written))
      }
    case "components": readComponents(key)
    default: readEnvironment(of: key)
    }
    if traces.count == count { addSettings(key) }
  }

  /// A product's record of itself. An uninstallation may leave the keys: without a folder or a version it is no
  /// installation (A1.6).
  private mutating func readEnvironment(of key: RegistryKey) {
    guard let environment = hive.key(["environment"], below: key) else { return }
    let texts = hive.texts(of: environment)
    let (folder, version) = (texts["productroot"], texts["productversion"])
    guard folder != nil || version != nil else { return }
    add(
      Trace(
        kind: .installation, place: environment.path, product: texts["productname"],
        edition: key.name, version: version, folder: folder ?? texts["datafolder"],
        written: environment.written))
  }

  /// The Network Agent's place among the components of the administration kit (A1.6), with the path of a tool of it.
  private static let agent = ["27", "1103", "1.0.0.0", "Installer"]

  private mutating func readComponents(_ key: RegistryKey) {
    guard let installer = hive.key(Self.agent, below: key),
      let program = hive.texts(of: installer)["klmove_exe"]
    else { return }
    let folder = program.lastIndex(of: "\\").map { String(program[..<$0]) }
    add(
      Trace(
        kind: .installation, place: installer.path, product: "Kaspersky Network Agent",
        folder: folder, written: installer.written))
  }

  private mutating func addSettings(_ key: RegistryKey) {
    add(
      Trace(
        kind: .settings, place: key.path,
        edition: KasperskyNames.isEdition(key.name) ? key.name : nil, written: key.written))
  }

  // MARK: Windows' lists

  /// Products as Windows Installer keeps them, under their packed codes.
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

  /// One product that can be uninstalled, if its publisher or its code is the company's.
  private mutating func readProduct(_ key: RegistryKey, code: String, values: RegistryKey) {
    let texts = hive.texts(of: values)
    let known = KasperskyNames.productCodes[code.uppercased()]
    guard known != nil || texts["publisher"].map(KasperskyNames.isCompany) == true else { return }
    add(
      Trace(
        kind: .package, place: key.path, product: texts["displayname"] ?? known,
        version: texts["displayversion"], folder: texts["installlocation"], isActive: true,
        written: values.written))
  }

  /// Commands that run when somebody logs on.
  private mutating func readCommands(_ key: RegistryKey) {
    for value in hive.values(of: key) {
      guard let program = hive.text(of: value, key).map(ProgramPath.first),
        KasperskyNames.isInFolder(program)
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

/// Codes of products as Windows Installer writes them in names of keys: the digits of each group, or of each byte
/// of the last two groups, backwards.
enum ProductCode {
  private static let groups = [8, 4, 4, 2, 2, 2, 2, 2, 2, 2, 2]

  /// `{…}` from 32 digits; nil for other names.
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
