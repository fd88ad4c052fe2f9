import Profiles

extension RegistryNames {
  /// Keys, drivers and services of Kaspersky's products (docs/facts.md#registry).
  static let kaspersky: RegistryNames = {
    var names = RegistryNames()
    names.key = "KasperskyLab"
    names.innerKeys = ["protected"]
    names.productsKey = "InstalledProducts"
    names.componentsKey = "Components"
    // The Network Agent among the components of the administration kit, with the path of its tool.
    names.components = [
      Component(
        path: ["27", "1103", "1.0.0.0", "Installer"], value: "klmove_exe",
        product: "Kaspersky Network Agent")
    ]
    names.environment = Environment(
      key: "environment", product: "productname", version: "productversion", folder: "productroot",
      otherFolder: "datafolder")
    // The expression of Nessus plug-in 20284 (docs/facts.md#registry).
    names.editions = ["AVP", "KES", "PURE"]
    names.productCodes = productByCode
    names.drivers = driverNames
    names.ambiguousDrivers = sharedDriverNames
    // Without AVP: others could use that name.
    names.services = ["klnagent", "klactprx", "klcsweb", "kavfs", "kavfsscs", "kavfsslp"]
    names.altitudes = altitudesByDriver
    names.deviceFilters = ["klmouflt": "{4D36E96F-", "klkbdflt": "{4D36E96B-", "klfltdev": ""]
    return names
  }()

  /// docs/facts.md#setup-packages.
  private static let productByCode: [String: String] = [
    "{0F05E4E5-5A89-482C-9A62-47CC58643788}": "Kaspersky Network Agent",
    "{BCF4CF24-88AB-45E1-A6E6-40C8278A70C5}": "Kaspersky Network Agent",
    "{27534751-4A40-48BD-B393-BC3BF28C876E}": "Kaspersky Endpoint Security",
    "{C9EF800D-54AA-4F60-AB96-5A3966550F53}": "Kaspersky Endpoint Security",
    "{1A694303-9A42-43A8-A831-50F86C64EDF0}": "Kaspersky Anti-Virus for Windows File Servers",
  ]

  /// Each name is in the company's own list, in a genuine binary, or among the altitudes that Microsoft registered
  /// (docs/facts.md#windows-drivers).
  private static let driverNames: Set<String> = [
    "klif", "klflt", "klhk", "klim5", "klim6", "kltdi", "kneps", "klmouflt", "klkbdflt",
    "klkbdflt2", "klfltdev", "klboot", "klfdefsf", "klrsps", "klsnsr", "klifks", "klifaa", "klifsm",
    "klbackupdisk", "klbackupflt", "klelam", "klpnpflt", "klwtp", "klwfp", "klgse", "klids",
    "klsysrec", "klshadow", "kldback", "kldlinf", "kldtool", "klupd_klif_arkmon",
    "klupd_klif_klbg", "klupd_klif_klark", "klupd_klif_mark", "klupd_klif_kimul",
  ]

  /// Names in the same lists that others could use, too.
  private static let sharedDriverNames: Set<String> = [
    "kl1", "kl2", "cm_km", "klam", "klbg", "klcdp", "klvfs", "klfle", "klvirt", "klsec", "klpd",
    "kldisk", "kldl", "kldlhidp", "kldlimpc", "kldlksec", "kldlksl", "kldlndis", "kldlnio",
    "kldlfmgr", "kldlfwpk", "kltap", "klmd",
  ]

  /// docs/facts.md#minifilter-altitudes.
  private static let altitudesByDriver: [String: Set<String>] = [
    "klboot": ["389510"], "klfdefsf": ["389500"], "klrsps": ["385815"], "klsnsr": ["385810"],
    "klifks": ["362902"], "klifaa": ["362901"], "klifsm": ["362900"],
    "klam": ["328650", "320450", "320350"], "klbg": ["320440"], "kldback": ["320430"],
    "kldlinf": ["320420"], "kldtool": ["320410"], "klif": ["320401", "320400"],
    "klcdp": ["288900"], "klshadow": ["268300"], "klsysrec": ["221500"],
    "klvfs": ["148810", "44900"], "klfle": ["148800"], "klvirt": ["138100"],
    "klbackupflt": ["100800", "44890"], "klsec": ["87200"],
  ]
}
