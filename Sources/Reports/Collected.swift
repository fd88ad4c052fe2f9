import Findings
import Synchronization

/// Products that wait for the end of a scan.
final class Collected: Sendable {
  private let products = Mutex<[Product]>([])

  func add(_ product: Product) { products.withLock { $0.append(product) } }

  var all: [Product] { products.withLock { $0 } }
}
