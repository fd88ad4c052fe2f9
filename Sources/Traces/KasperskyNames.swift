/// By what names records of installed software show that it is Kaspersky's. All are facts of the fact sheet
/// (kaspersky.md); each constant names the section.
enum KasperskyNames {
  // MARK: The company

  /// Whether a publisher, vendor or maintainer is the company: the test of
  /// signatures/windows/version_resources.yar (A1.2, A1.1), and the bare name, which the company signs as since 2023
  /// (A1.1). "Tool for Kaspersky Lab" and "Kaspersky Laboratory" are somebody else.
  static func isCompany(_ name: String) -> Bool {
    let form = ["AO ", "ZAO ", "JSC "].first { name.hasPrefix($0) } ?? ""
    var name = name.dropFirst(form.count)
    guard name != "Kaspersky" else { return true }
    guard name.hasPrefix("Kaspersky Lab") else { return false }
    name = name.dropFirst("Kaspersky Lab".count)
    if name.first == "s" { name = name.dropFirst() }
    return name.first.map { " ,.".contains($0) } ?? true
  }

  /// Whether a maintainer, such as `Kaspersky Lab <support@kaspersky.com>`, is the company: by the name, or by the
  /// domain of the address.
  static func isMaintainer(_ field: String) -> Bool {
    let parts = field.split(separator: "<", maxSplits: 1, omittingEmptySubsequences: false)
    var name = parts.first ?? ""
    while name.last == " " { name.removeLast() }
    guard !isCompany(String(name)) else { return true }
    let address = (parts.count == 2 ? parts[1] : name).prefix { $0 != ">" }
    return address.split(separator: "@").last.map { address.contains("@") && isDomain($0) } ?? false
  }

  /// Whether a page, such as `https://www.kaspersky.com/linux`, is the company's.
  static func isHomepage(_ field: String) -> Bool {
    guard let start = field.firstRange(of: "://") else { return false }
    return isDomain(field[start.upperBound...].prefix { !"/:?#".contains($0) })
  }

  /// Whether a host is of a domain of the company (A1.5, A3: where support and packages come from).
  private static func isDomain(_ host: Substring) -> Bool {
    let host = host.lowercased()
    return ["kaspersky.com", "kaspersky-labs.com"].contains {
      host == $0 || host.hasSuffix("." + $0)
    }
  }

  /// Whether a folder on the way to a file is the company's (A1.6): `C:\Program Files\Kaspersky Lab\…`.
  static func isInFolder(_ path: String) -> Bool {
    path.split(whereSeparator: { $0 == "\\" || $0 == "/" }).dropLast().contains {
      String($0).isSame(as: "Kaspersky Lab")
    }
  }

  // MARK: Windows

  /// The company's key below SOFTWARE (A1.6).
  static let registryKey = "KasperskyLab"

  /// Codes of products that Windows Installer lists (A1.6).
  static let productCodes: [String: String] = [
    "{0F05E4E5-5A89-482C-9A62-47CC58643788}": "Kaspersky Network Agent",
    "{BCF4CF24-88AB-45E1-A6E6-40C8278A70C5}": "Kaspersky Network Agent",
    "{27534751-4A40-48BD-B393-BC3BF28C876E}": "Kaspersky Endpoint Security",
    "{C9EF800D-54AA-4F60-AB96-5A3966550F53}": "Kaspersky Endpoint Security",
    "{1A694303-9A42-43A8-A831-50F86C64EDF0}": "Kaspersky Anti-Virus for Windows File Servers",
  ]

  /// Drivers that are the company's when a service of that name starts a file of that name (A1.5, A1.6). Each name is
  /// in the company's own list, in a genuine binary, or among the altitudes that Microsoft registered.
  static let drivers: Set<String> = [
    "klif", "klflt", "klhk", "klim5", "klim6", "kltdi", "kneps", "klmouflt", "klkbdflt",
    "klkbdflt2", "klfltdev", "klboot", "klfdefsf", "klrsps", "klsnsr", "klifks", "klifaa", "klifsm",
    "klbackupdisk", "klbackupflt", "klelam", "klpnpflt", "klwtp", "klwfp", "klgse", "klids",
    "klsysrec", "klshadow", "kldback", "kldlinf", "kldtool", "klupd_klif_arkmon",
    "klupd_klif_klbg", "klupd_klif_klark", "klupd_klif_mark", "klupd_klif_kimul",
  ]

  /// Names of the same lists that others could use, too (A1.5, A1.6): a service of that name that starts a file of
  /// that name counts beside one that is certain.
  static let ambiguousDrivers: Set<String> = [
    "kl1", "kl2", "cm_km", "klam", "klbg", "klcdp", "klvfs", "klfle", "klvirt", "klsec", "klpd",
    "kldisk", "kldl", "kldlhidp", "kldlimpc", "kldlksec", "kldlksl", "kldlndis", "kldlnio",
    "kldlfmgr", "kldlfwpk", "kltap", "klmd",
  ]

  /// Programs that are the company's when a service of that name starts them, wherever they lie (A1.6). AVP is not
  /// among them: others could call theirs so.
  static let services: Set<String> = [
    "klnagent", "klactprx", "klcsweb", "kavfs", "kavfsscs", "kavfsslp",
  ]

  /// Whether a key names a product line: `AVP21.15`, `KES12`, `PURE3` (A1.6, the expression of a Nessus plug-in).
  static func isEdition(_ name: String) -> Bool {
    let name = name.uppercased()
    guard let line = ["AVP", "KES", "PURE"].first(where: { name.hasPrefix($0) }) else {
      return false
    }
    return name.utf8.dropFirst(line.utf8.count).first.map { $0 >= 0x30 && $0 <= 0x39 } ?? false
  }

  /// Altitudes of filters of file systems that Microsoft registered for the company, by driver (A1.4).
  static let altitudes: [String: Set<String>] = [
    "klboot": ["389510"], "klfdefsf": ["389500"], "klrsps": ["385815"], "klsnsr": ["385810"],
    "klifks": ["362902"], "klifaa": ["362901"], "klifsm": ["362900"],
    "klam": ["328650", "320450", "320350"], "klbg": ["320440"], "kldback": ["320430"],
    "kldlinf": ["320420"], "kldtool": ["320410"], "klif": ["320401", "320400"],
    "klcdp": ["288900"], "klshadow": ["268300"], "klsysrec": ["221500"],
    "klvfs": ["148810", "44900"], "klfle": ["148800"], "klvirt": ["138100"],
    "klbackupflt": ["100800", "44890"], "klsec": ["87200"],
  ]

  /// Filters of devices, and the beginning of the classes that they are in; an empty one is any class (A1.5).
  static let deviceFilters: [String: String] = [
    "klmouflt": "{4D36E96F-", "klkbdflt": "{4D36E96B-", "klfltdev": "",
  ]

  // MARK: Linux

  /// Names of packages, services and folders of products (A3).
  private static let packages: Set<String> = [
    "kesl", "kics", "kess", "klnagent", "klnagent64", "klms", "ksc64", "ksc-web-console", "kav4fs",
    "epagent", "kuma", "lmc-agent", "lmc-server",
  ]

  /// Whether a package has one of the names, or begins with one and a hyphen: `kesl`, `kesl-gui`. Others may use them:
  /// the vendor must be the company as well.
  static func isPackage(_ name: String) -> Bool {
    packages.contains(name) || packages.contains { name.hasPrefix($0 + "-") }
  }
}
