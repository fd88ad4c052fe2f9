package import Bytes
package import Evidence
package import Findings

/// An item that was not scanned.
package struct ResultProblem: Hashable, Sendable {
  package var locator: Locator
  /// `skipped` or `failed`.
  package var outcome: String
  package var reason: String
  package var message: String

  init(_ fields: Fields) throws(FieldError) {
    locator = try fields.locator()
    outcome = try fields.required("outcome", fields.text("outcome"))
    reason = try fields.required("reason", fields.text("reason"))
    message = try fields.text("message") ?? ""
  }
}

/// A line of the inventory.
package struct ResultProduct: Hashable, Sendable {
  package var product: String
  package var vendor: String?
  package var edition: String?
  package var versions: [String]
  package var evidence: RawPath
  package var volume: Volume?
  package var installation: RawPath
  package var components: [String: Int]
  package var confidence: Confidence
  package var state: Product.State
  package var isEmbedded: Bool
  package var first: Timestamp?
  package var last: Timestamp?
  package var itemIDs: [String]

  init(_ fields: Fields) throws(FieldError) {
    product = try fields.required("product", fields.text("product"))
    vendor = try fields.text("vendor")
    edition = try fields.text("edition")
    versions = try fields.texts("versions")
    evidence = try fields.required("evidence", fields.path("evidence"))
    volume = try fields.volume()
    installation = try fields.required("installation", fields.path("installation"))
    components = try fields.counts("components")
    confidence = try fields.required("confidence", fields.choice("confidence", Confidence.self))
    state = try fields.required("state", fields.choice("state", Product.State.self))
    isEmbedded = try fields.flag("embedded") ?? false
    first = try fields.time("first_time")
    last = try fields.time("last_time")
    itemIDs = try fields.texts("item_ids")
  }
}

/// A file in a product's folder that matched no rule.
package struct ResultContext: Hashable, Sendable {
  package var locator: Locator
  package var product: String

  init(_ fields: Fields) throws(FieldError) {
    locator = try fields.locator()
    product = try fields.text("product") ?? ""
  }
}
