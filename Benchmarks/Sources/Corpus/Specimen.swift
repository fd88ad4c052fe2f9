/// Files that match built-in signatures, so that a comparison of answers has content. They are
/// generated; nothing in them comes from a product.
struct Specimen {
  /// Name as bytes: one of them is not UTF-8.
  let name: [UInt8]
  /// The content.
  let bytes: [UInt8]

  /// All specimens.
  static func all(_ stock: ByteStock, _ random: inout SplitMix64) -> [Specimen] {
    let banner = "[[[ KLIF.SYS;%d."
    return [
      Specimen("driver.sys", PEImage(size: 60_000, .native, text: banner, stock, &random).bytes),
      // Larger than a worker's buffer, so it is mapped. The banner is behind three quarters of it.
      Specimen(
        "large-driver.sys", PEImage(size: 6 << 20, .native, text: banner, stock, &random).bytes),
      // The same banner in a program that is not a driver: a near miss that libyara must decide.
      Specimen(
        "near-miss.exe", PEImage(size: 60_000, .windows, text: banner, stock, &random).bytes),
      Specimen(
        "licence.bin",
        beginning([0x4B, 0x4C, 0x73, 0x77, 0, 0, 0x4B, 0x4C, 0x73, 0x77, 4], stock, &random)),
      Specimen(
        "quarantine", beginning([0x4B, 0x4C, 0x51, 0x42, 1, 0, 0, 0], stock, &random)),
      Specimen("base.avc", beginning(Array(title.utf8), stock, &random)),
      Specimen("Info.plist", Array(propertyList.utf8)),
      Specimen(
        name: Array("not-utf-8-".utf8) + [0xE9, 0xFF],
        bytes: beginning([0x4B, 0x4C, 0x51, 0x42, 1, 0, 0, 0], stock, &random)),
      Specimen("line\nbreak", beginning([0x4B, 0x4C, 0x51, 0x42, 1, 0, 0, 0], stock, &random)),
    ]
  }

  private init(name: [UInt8], bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }

  private init(_ name: String, _ bytes: [UInt8]) {
    self.init(name: Array(name.utf8), bytes: bytes)
  }

  private static let title = "AVP Antiviral Database. (c)Kaspersky Lab 1997-2005"

  private static let propertyList = """
    <?xml version="1.0" encoding="UTF-8"?>
    <plist version="1.0">
    <dict>
      <key>CFBundleIdentifier</key>
      <string>com.kaspersky.kav</string>
    </dict>
    </plist>
    """

  private static func beginning(
    _ start: [UInt8], _ stock: ByteStock, _ random: inout SplitMix64
  ) -> [UInt8] {
    var bytes = start
    stock.append(4000, of: .noise, to: &bytes, &random)
    return bytes
  }
}
