import Findings
import Yara

/// The metadata that makes a rule a signature: what findings and the inventory are made from (docs/signatures.md).
enum SignatureKey: String, CaseIterable {
  case vendor, product, component, platform, confidence, basis, reason, source, embedded, shared

  /// Whether every signature has it.
  var isRequired: Bool {
    switch self {
    case .vendor, .component, .platform, .confidence, .basis, .reason, .source: true
    case .product, .embedded, .shared: false
    }
  }

  /// What is wrong with a value; nil if nothing is.
  func problem(of value: Metadata.Value) -> String? {
    switch (self, value) {
    case (.embedded, .boolean), (.shared, .boolean): return nil
    case (.embedded, _), (.shared, _): return "\(rawValue) is true or false, without quotes"
    case (_, .string(let bytes)): return problem(of: String(decoding: bytes, as: UTF8.self))
    case (_, _): return "\(rawValue) is a text: put it in quotes"
    }
  }

  private func problem(of text: String) -> String? {
    if self == .confidence, text == Confidence.confirmed.rawValue {
      return "confidence \"confirmed\": a rule alone cannot confirm, a verified code signature can;"
        + " say \"strong\" at most"
    }
    guard let values else { return text.isEmpty ? "\(rawValue) is empty" : nil }
    return values.contains(text)
      ? nil : "\(rawValue) \"\(text)\" is none of \(values.joined(separator: ", "))"
  }

  /// The texts that it takes; nil for any.
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

/// The operating system that a signature's software is made for, in the order of the documentation.
enum Platform: String, CaseIterable {
  case windows, linux, macos, android, any
}

/// What the facts of a signature were read from.
enum Basis: String, CaseIterable {
  /// Genuine files of the vendor.
  case genuine
  /// Descriptions alone.
  case paper
}
