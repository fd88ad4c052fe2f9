import Yara

/// What the version resource of a PE says, as libyara's `pe` module reads it. Anyone can write it.
struct VersionResource {
  let productName: String?
  let productVersion: String?
  let fileVersion: String?

  /// Where libyara keeps the strings.
  static let field = ModuleField(module: "pe", field: "version_info")

  /// Reads the strings; all nil for what is not a PE.
  init(_ strings: ModuleValue?) {
    func text(_ key: String) -> String? {
      guard let text = strings?[key]?.text, !text.isEmpty else { return nil }
      return text
    }
    productName = text("ProductName")
    productVersion = text("ProductVersion")
    fileVersion = text("FileVersion")
  }
}
