import Foundation
import TestSupport
import Testing

/// Folders that look like a machine's disk with one product on it: one line, its version, its
/// parts.
@Suite struct InventoryScanTests {
  private func scan(_ system: String) throws -> (products: [OutputRecord], context: [String]) {
    let folder = Fixtures.folder + "/installation/" + system
    let (_, lines) = try Command.lines(folder)
    let context = lines.ofType("context").compactMap(\.path)
    return (lines.ofType("product"), context.map { String($0.dropFirst(folder.count + 1)) })
  }

  @Test func windows() throws {
    let (products, context) = try scan("windows")
    let product = try #require(products.first)
    #expect(products.count == 1)
    #expect(product.product == "Kaspersky")
    #expect(product.version == "21.15.8.493")
    #expect(
      product.components == [
        "application": 3, "database": 1, "driver": 6, "library": 3, "registry": 1, "service": 1,
      ])
    #expect(product.edition == "AVP21.15")
    #expect(product.confidence == "strong")
    #expect(product.state == "active")
    let program = "Program Files (x86)/Kaspersky Lab/Kaspersky 21.15"
    #expect(product.installation?.hasSuffix(program) == true)
    #expect(context == [program + "/licences.txt", program + "/openssl.dll"])
  }

  @Test func linux() throws {
    let (products, context) = try scan("linux")
    let product = try #require(products.first)
    #expect(products.count == 1)
    #expect(product.product == "Kaspersky kesl")
    #expect(product.version == "12.1.0-1508")
    #expect(
      product.components == ["application": 3, "package": 1, "service": 1])
    #expect(product.state == "active")
    #expect(
      context == ["opt/kaspersky/kesl/lib64/libssl.so.3", "var/opt/kaspersky/kesl/common/kesl.ini"])
  }

  @Test func macOS() throws {
    let (products, context) = try scan("macos")
    let product = try #require(products.first)
    #expect(products.count == 1)
    #expect(product.product == "Kaspersky")
    #expect(product.version == "26.0.0.150")
    #expect(
      product.components == [
        "application": 5, "kernel_module": 2, "library": 1, "package": 1, "service": 1,
      ])
    #expect(product.state == "active")
    #expect(context == ["Applications/Kaspersky.app/Contents/Frameworks/libcrypto.dylib"])
  }
}
