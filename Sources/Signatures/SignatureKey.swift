import Findings
import Yara

/// Metadata that makes a rule a signature: findings and the inventory are built from it
/// (docs/signatures.md).
enum SignatureKey: String, CaseIterable {
  case vendor, product, component, platform, confidence, basis, reason, source, embedded, shared

  /// Whether every signature needs it.
  var isRequired: Bool {
    switch self {
    case .vendor, .component, .platform, .confidence, .basis, .reason, .source: true
    case .product, .embedded, .shared: false
    }
  }

  /// Describes the defect of a value; nil if it has none.
  func problem(of value: Metadata.Value) -> String? {
    switch (self, value) {
    case (.embedded, .boolean), (.shared, .boolean): return nil
    case (.embedded, _), (.shared, _): return "\(rawValue) must be true or false, without quotes"
    case (_, .string(let bytes)): return problem(of: String(decoding: bytes, as: UTF8.self))
    case (_, _): return "\(rawValue) must be a string in quotes"
    }
  }

  private func problem(of text: String) -> String? {
    if self == .confidence, text == Confidence.confirmed.rawValue {
      return "confidence \"confirmed\": a rule alone cannot confirm, a verified code signature can;"
        + " use \"strong\" at most"
    }
    guard let values else { return text.isEmpty ? "\(rawValue) is empty" : nil }
    return values.contains(text)
      ? nil : "\(rawValue) \"\(text)\" must be one of \(values.joined(separator: ", "))"
  }

  /// Allowed texts; nil for any.
  private var values: [String]? {
    switch self {
    case .component: Component.allCases.map(\.rawValue)
    case .platform: Platform.allCases.map(\.rawValue)
    case .confidence: [.strong, .claimed, .weak].map(\Confidence.rawValue)
    case .basis: Basis.allCases.map(\.rawValue)
    case .vendor, .product, .reason, .source, .embedded, .shared: nil
    }
  }
}

/// Target operating system of a signature's software, in the order of the documentation.
enum Platform: String, CaseIterable {
  case windows, linux, macos, android, any
}

/// Source of a signature's facts.
enum Basis: String, CaseIterable {
  /// Genuine files of the vendor.
  case genuine
  /// Descriptions alone.
  case paper
}
