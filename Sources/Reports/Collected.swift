import Findings
import Locks

/// Products that wait for the end of a scan.
final class Collected: Sendable {
  private let products = Locked<[Product]>([])

  func add(_ product: Product) { products.withLock { $0.append(product) } }

  var all: [Product] { products.withLock { $0 } }
}
