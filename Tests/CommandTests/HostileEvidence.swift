import Bytes
import Foundation
import TestSupport

/// A folder of findings whose names attack what shows them, and its results.
struct HostileEvidence {
  /// Names, each of a copy of a look-alike driver.
  static let names: [[UInt8]] =
    texts.map { Array($0.utf8) } + [[0x78, 0xFF, 0xFE, 0x80, 0xC3, 0x28]]

  private static let texts: [String] = [
    "<script>alert(1)<\u{2215}script>", "<|script><img src=x onerror=alert(2)>",
    "a\nfake finding\r\n\u{1B}[2J\u{1B}]0;title\u{07}", "=cmd|' \\C calc'!A0",
    "gpj.\u{202E}sys\u{2066}\u{200F}", "\"\u{301} onmouseover='alert(3)' x=\"",
    "@SUM(1,2)\t+1-1", "{{company}} {{{title}}} ]]> &amp; %s %n | `x` [a](javascript:b)",
    "\u{85}\u{9B}31m\u{2028}\u{2029}\u{FEFF}", "\u{1F4A9}\u{0430}vp.exe",
  ]

  let folder: TemporaryDirectory
  /// Results as JSON Lines.
  let results: String

  init() throws {
    folder = try TemporaryDirectory()
    let driver = [UInt8](
      try Data(contentsOf: URL(fileURLWithPath: Fixtures.positive("kaspersky_windows_driver_klif")))
    )
    try FileManager.default.createDirectory(
      atPath: folder.path + "/e", withIntermediateDirectories: true)
    for name in Self.names {
      let path = folder.raw.appending("e").appending(RawPath(name))
      guard
        path.withCString({ creat($0, 0o644) }).map({ file in
          defer { close(file) }
          return driver.withUnsafeBytes { write(file, $0.baseAddress, $0.count) } == driver.count
        }) == true
      else { throw SystemCallError(last: "creat") }
    }
    results = folder.path + "/results.jsonl"
    _ = try Command.run("scan", "--format", "jsonl", "-o", results, folder.path + "/e")
  }

  /// Scalars that change the display on a terminal or in a reader, except line ends.
  static func harmful(_ text: String) -> [Unicode.Scalar] {
    text.unicodeScalars.filter { scalar in
      scalar != "\n" && scalar != "\r"
        && (scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
          || [0x061C, 0x200E, 0x200F, 0xFEFF].contains(scalar.value)
          || (0x2028...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value))
    }
  }
}
