public import Profiles

extension VendorProfile {
  /// Profile of the built-in signatures, for hosts that know no vendor.
  public static var builtIn: VendorProfile { .kaspersky }

  /// Version of the built-in signatures. A bundle with a greater one replaces them; a release with
  /// other rules or facts than the one before gets the number of the bundle with these.
  public static let builtInVersion = 1

  /// Profile of Kaspersky: the rules of `signatures/`, joined by `scripts/embed`, and names from
  /// docs/facts.md. Each part cites its section.
  public static let kaspersky: VendorProfile = {
    var profile = VendorProfile(
      name: "Kaspersky", company: "Kaspersky Lab",
      rules: EmbeddedSignatures.text.withUTF8Buffer { String(decoding: $0, as: UTF8.self) })
    profile.certificates = .kaspersky
    profile.entities = [
      "Kaspersky Lab", "AO Kaspersky Lab", "Kaspersky Lab JSC", "Kaspersky Lab ZAO",
      "Kaspersky Lab Switzerland GmbH",
    ]
    profile.words = ["kaspersky", "касперск"]
    profile.products = .kaspersky
    profile.records = .kaspersky
    return profile
  }()
}
