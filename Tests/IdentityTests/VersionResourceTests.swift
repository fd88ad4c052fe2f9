import Foundation
import Identity
import TestSupport
import Testing

/// Version resources as written by windres, with letters outside ASCII; damage ends them early.
@Suite struct VersionResourceTests {
  private func bytes(_ rule: String, _ name: String) throws -> [UInt8] {
    let path = Fixtures.folder + "/positive/\(rule)/\(name)"
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  @Test func allLettersAreKept() throws {
    let bytes = try bytes("kaspersky_windows_application_version_resource", "letters.exe")
    let resource = VersionResource(bytes.span.bytes)
    #expect(resource.companyName == "Kaspersky")
    #expect(resource.productName == "Касперский® 21")
    #expect(resource.fileVersion == "12.0.0.21")
    #expect(resource.productVersion == "12.0.0.21")
    #expect(resource.partName == "klwk")
  }

  @Test func whatHasNoneHasNone() throws {
    for text in ["", "MZ", "text that is no program"] {
      #expect(VersionResource(Array(text.utf8).span.bytes).fileVersion == nil)
    }
  }

  @Test func damageNeverTraps() throws {
    let bytes = try bytes("kaspersky_windows_application_version_resource", "letters.exe")
    var random = SeededGenerator(seed: 20)
    var answered = 0
    for _ in 0..<3000 {
      var damaged = bytes
      for _ in 0..<random.number(1...6) {
        damaged[random.number(0...(bytes.count - 1))] =
          random.oneIn(3) ? 0xFF : UInt8(random.number(0...255))
      }
      if random.oneIn(4) { damaged.removeLast(random.number(0...damaged.count)) }
      if VersionResource(damaged.span.bytes).productName != nil { answered += 1 }
    }
    // Most damage lies elsewhere and leaves the name, so not every mutation is rejected at once.
    #expect((1..<3000).contains(answered))
  }
}
