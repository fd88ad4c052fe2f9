/// Everything that the engine knows about one vendor, as data.
///
/// The engine, its identity stage and its record readers contain no vendor's facts. A scan
/// receives a profile with its rules (``Engine/RuleSet``); without one, findings contain only
/// the rules' statements. Signed bundles hold it as JSON, whose layout is that of these types.
public struct VendorProfile: Hashable, Sendable, Codable {
  /// Vendor name that rules state under `vendor`.
  public var name: String
  /// Company name used in reasons.
  public var company: String
  /// Rules as one text for libyara.
  public var rules: String
  /// Certificates that prove a valid code signature to be the vendor's.
  public var certificates = TrustAnchors()
  /// Companies of the vendor, spelt like organisations in certificates and signed program names.
  public var entities: Set<String> = []
  /// Lower-case words that identify the vendor in any text: a certificate without any of them is
  /// somebody else's.
  public var words: [String] = []
  /// Names of products and of their folders.
  public var products = ProductNames()
  /// Names in the operating system's records of installed software.
  public var records = RecordNames()

  /// Creates a profile that contains only rules.
  public init(name: String, company: String? = nil, rules: String) {
    self.name = name
    self.company = company ?? name
    self.rules = rules
  }

  /// Whether one of ``words`` occurs in `text`, ignoring case.
  public func isNamed(in text: String?) -> Bool {
    guard let text = text?.lowercased() else { return false }
    return words.contains { text.contains($0) }
  }
}
