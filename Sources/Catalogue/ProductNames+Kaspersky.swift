import Profiles

extension ProductNames {
  /// Names and folders of Kaspersky's products.
  static let kaspersky: ProductNames = {
    var names = ProductNames()
    // Drivers of every product state these as ProductName (docs/facts.md#version-resources).
    names.modules = ["Coretech Delivery", "Kaspersky Module"]
    names.aliases = nameByAlias
    names.drivers = nameByDriver
    names.suffixes = ["network agent": agent]
    // "/Library/Application Support/Kaspersky Lab/KAV", "C:\Program Files\Kaspersky Lab\Kaspersky 21.15",
    // "/opt/kaspersky/kesl", "/Applications/Kaspersky.app" (docs/facts.md: Windows, Linux, macOS).
    names.folders = [
      .below(["kaspersky lab"]), .below(["opt", "kaspersky"]),
      .named(prefix: "kaspersky", suffix: ".app"),
    ]
    names.systemFolders = ["opt": ["kaspersky"], "etc": ["kaspersky"]]
    names.pathWord = "kaspersky"
    return names
  }()

  private static let agent = "Kaspersky Network Agent"

  /// Packages and folders of Linux, and the folder of the agent on Windows and macOS (docs/facts.md).
  private static let nameByAlias = [
    "kesl": "Kaspersky kesl", "kesl-gui": "Kaspersky kesl", "kics": "Kaspersky kics",
    "kess": "Kaspersky kess", "klnagent": agent,
    "klnagent64": agent, "networkagent": agent,
    "klms": "Kaspersky klms", "kav4fs": "Kaspersky kav4fs", "scanengine": "Kaspersky ScanEngine",
    "ksc64": "Kaspersky ksc64", "kuma": "Kaspersky KUMA",
    // Applications of macOS (A2).
    "kaspersky.app": "Kaspersky", "kaspersky anti-virus.app": "Kaspersky Anti-Virus",
    "kaspersky anti-virus for mac.app": "Kaspersky Anti-Virus For Mac",
    "kaspersky internet security for mac.app": "Kaspersky Internet Security for Mac",
    "kaspersky endpoint security for mac.app": "Kaspersky Endpoint Security for Mac",
  ]

  /// Drivers by their internal names, as their descriptions call them (docs/facts.md#version-resources).
  private static let nameByDriver = [
    "arkmon": "Kaspersky Lab Anti-Rootkit Monitor", "cm_km": "Kaspersky Cryptographic Module",
    "klark": "Kaspersky Lab Anti-Rootkit", "klbackupdisk": "Kaspersky Backup Disk Filter",
    "klbackupflt": "Kaspersky Backup File Filter", "klbg": "Kaspersky Lab Boot Guard",
    "kldisk": "Kaspersky Virtual Disk", "klelam": "Kaspersky Early Launch Anti-Malware Filter",
    "klflt": "Kaspersky Filter Core (KLFLT)", "klgse": "Kaspersky Security Extender",
    "klhk": "Kaspersky KLHK driver", "klids": "Kaspersky Network Processor (KLIDS)",
    "klif": "Kaspersky Core System Interceptors (KLIF)", "klim6": "Kaspersky Packet Network Filter",
    "klkbdflt": "Kaspersky Keyboard Device Filter",
    "klkbdflt2": "Kaspersky Light Keyboard Device Filter",
    "klmouflt": "Kaspersky Mouse Device Filter", "klpd": "Kaspersky Format Recognizer",
    "klpnpflt": "Kaspersky Generic PnP Filter", "klwfp": "Kaspersky WFP Network Filter",
    "klwtp": "Kaspersky WFP Network Connection Filter",
    "kneps": "Kaspersky Network Processor (KNEPS)",
    "mark": "Kaspersky Lab Anti-Rootkit Memory Driver",
  ]
}
