import Testing

@testable import Reports

/// Identifiers that follow from names (RFC 9562, version 5).
@Suite struct NamedUUIDTests {
  @Test func identifiersFollowFromNames() {
    // RFC 9562, appendix A.4: www.example.com in the namespace of DNS.
    let dns: [UInt8] = [
      0x6B, 0xA7, 0xB8, 0x10, 0x9D, 0xAD, 0x11, 0xD1, 0x80, 0xB4, 0, 0xC0, 0x4F, 0xD4, 0x30, 0xC8,
    ]
    #expect(
      NamedUUID.text(of: "www.example.com", in: dns) == "2ed6657d-e927-568b-95e1-2665a8aea6a2")
  }
}
