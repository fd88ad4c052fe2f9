import Findings

/// What to call a product in the inventory, whoever names it.
enum ProductName {
  /// The product of a finding, if it belongs to one alone; nil for what any product may bring.
  static func ofItsOwn(_ attribution: Attribution) -> String? {
    guard !attribution.isShared, let product = attribution.product, !modules.contains(product)
    else { return nil }
    return canonical(product)
  }

  /// What to call a finding where no product is known that it belongs to; nil for a name that says nothing.
  static func ofFamily(_ attribution: Attribution) -> String? {
    attribution.product.flatMap { modules.contains($0) ? nil : canonical($0) }
  }

  /// One name for the names that packages, folders and rules give.
  static func canonical(_ name: String) -> String {
    let lowercased = name.lowercased()
    return lowercased.hasSuffix("network agent") ? agent : names[lowercased] ?? name
  }

  /// The product that a folder belongs to, by the folder's name (kaspersky.md A1.6, A2, A3).
  static func ofFolder(_ folder: String) -> String? { names[folder] }

  /// What drivers of every product state as ProductName (kaspersky.md A1.2).
  private static let modules: Set = ["Coretech Delivery", "Kaspersky Module"]

  private static let agent = "Kaspersky Network Agent"

  /// Packages and folders (kaspersky.md A3), and the folder of the agent on Windows and macOS (A1.6, A2).
  private static let names = [
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
}
