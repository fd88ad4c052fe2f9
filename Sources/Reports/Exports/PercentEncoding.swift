import Bytes

/// Paths in URIs (RFC 3986): bytes that are not unreserved, and no slash, become `%HH`.
enum PercentEncoding {
  static func path(_ path: RawPath) -> String {
    var text = ""
    for byte in path.bytes {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "/"):
        text.unicodeScalars.append(Unicode.Scalar(byte))
      default: text += "%" + Hexadecimal.text(of: CollectionOfOne(byte)).uppercased()
      }
    }
    return text
  }
}
