import Bytes

/// UUIDs of version 5 (RFC 4122 section 4.3): the same name gives the same UUID in every report.
enum NamedUUID {
  /// Namespace that STIX 2.1 prescribes for the identifiers of cyber-observable objects.
  static let stix: [UInt8] = [
    0x00, 0xAB, 0xED, 0xB4, 0xAA, 0x42, 0x46, 0x6C, 0x9C, 0x01, 0xFE, 0xD2, 0x33, 0x15, 0xA9, 0xB7,
  ]
  /// Namespace of this project, itself named in the namespace of URLs.
  static let own = bytes(
    of: "https://trawl.invalid/reports",
    in: [
      0x6B, 0xA7, 0xB8, 0x11, 0x9D, 0xAD, 0x11, 0xD1, 0x80, 0xB4, 0x00, 0xC0, 0x4F, 0xD4, 0x30,
      0xC8,
    ])

  static func text(of name: String, in namespace: [UInt8]) -> String {
    let hexadecimal = Hexadecimal.text(of: bytes(of: name, in: namespace))
    var text = ""
    for (index, digit) in hexadecimal.enumerated() {
      if [8, 12, 16, 20].contains(index) { text += "-" }
      text.append(digit)
    }
    return text
  }

  private static func bytes(of name: String, in namespace: [UInt8]) -> [UInt8] {
    let content = namespace + Array(name.utf8)
    var bytes = Array(Digest(of: content.span.bytes).sha1.prefix(16))
    bytes[6] = bytes[6] & 0x0F | 0x50
    bytes[8] = bytes[8] & 0x3F | 0x80
    return bytes
  }
}
