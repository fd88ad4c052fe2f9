import Findings
import Profiles

extension ProductNames {
  /// Product of a finding that belongs to exactly one; nil for parts shared by all products.
  func ofItsOwn(_ attribution: Attribution) -> String? {
    guard !attribution.isShared, let product = attribution.product, !modules.contains(product)
    else { return nil }
    return canonical(product)
  }

  /// Name of a finding for which no product is known; nil if its name carries no information.
  func ofFamily(_ attribution: Attribution) -> String? {
    attribution.product.flatMap { modules.contains($0) ? nil : canonical($0) }
  }
}
