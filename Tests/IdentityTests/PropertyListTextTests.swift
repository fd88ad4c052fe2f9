import Foundation
import TestSupport
import Testing

@testable import Identity

/// Property lists that Foundation wrote in both forms, and hostile binary ones.
@Suite struct PropertyListTextTests {
  private let values = ["CFBundleName": "Kaspersky", "CFBundleVersion": "12.0", "Short": "ä"]

  private func written(_ format: PropertyListSerialization.PropertyListFormat) throws -> [UInt8] {
    [UInt8](
      try PropertyListSerialization.data(fromPropertyList: values, format: format, options: 0))
  }

  private func value(_ bytes: [UInt8], _ keys: String...) -> String? {
    PropertyListText(bytes.span.bytes)?.value(ofOneOf: keys)
  }

  @Test(arguments: [PropertyListSerialization.PropertyListFormat.xml, .binary])
  func theFirstKeyThatIsThereCounts(_ format: PropertyListSerialization.PropertyListFormat) throws {
    let bytes = try written(format)
    #expect(value(bytes, "CFBundleVersion") == "12.0")
    #expect(value(bytes, "none", "CFBundleName", "CFBundleVersion") == "Kaspersky")
    #expect(value(bytes, "none") == nil)
  }

  @Test func otherFilesAreNoLists() {
    let long = Array("<?xml".utf8) + [UInt8](zeros: 1 << 20)
    for bytes in [Array("<plist>".utf8), [], long] {
      let isNone = PropertyListText(bytes.span.bytes) == nil
      #expect(isNone, "\(bytes.count)")
    }
  }

  @Test func onlyStringsAreValues() {
    func xml(_ text: String) -> String? { value(Array(("<?xml" + text).utf8), "k") }
    #expect(xml("<key>k</key> \n<string>v</string>") == "v")
    #expect(xml("<key>k</key><true/>") == nil)
    #expect(xml("<key>k</key>") == nil)
    #expect(xml("<key>k</key><string>v") == "v", "a truncated list")
    #expect(xml("<key>k</key><string>\(String(repeating: "v", count: 5000))") == nil)
  }

  /// A binary list of one key and one value, with a trailer to damage.
  private func binary(_ change: (inout [UInt8]) -> Void = { _ in }) -> String? {
    var bytes = Array("bplist00".utf8)
    bytes += [0xD1, 1, 2, 0x51, 0x6B, 0x51, 0x76]
    // The offset table: dictionary, key, value.
    bytes += [8, 11, 13]
    var trailer = [UInt8](zeros: 32)
    trailer[6] = 1
    trailer[7] = 1
    trailer.write(big: UInt64(3), at: 8)
    trailer.write(big: UInt64(15), at: 24)
    bytes += trailer
    change(&bytes)
    return value(bytes, "k")
  }

  @Test func offsetsOfABinaryListStayInside() {
    #expect(binary() == "v")
    let trailer = 18
    for (place, number) in [
      (trailer + 6, 0), (trailer + 6, 9), (trailer + 7, 0), (trailer + 7, 255), (trailer + 8, 255),
      (trailer + 16, 255), (trailer + 24, 255), (trailer + 31, 200), (trailer + 15, 1), (8, 0xDF),
      (8, 0xA1), (15, 255), (16, 255), (17, 255), (9, 3), (10, 3), (13, 0x5F), (13, 0x52),
    ] as [(Int, UInt8)] {
      let found = binary { $0[place] = number }
      #expect(found == nil || place == 13, "\(place) \(number)")
    }
    for count in 0..<50 { #expect(binary { $0 = Array($0.prefix(count)) } == nil, "\(count)") }
  }
}
