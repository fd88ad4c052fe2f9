import Foundation
import Identity
import TestSupport
import Testing

@Suite struct StatedVersionTests {
  private func version(of bytes: [UInt8]) -> String? { StatedVersion.of(bytes.span.bytes) }
  private func file(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: Fixtures.folder + "/positive/" + path)))
  }

  @Test(arguments: [
    ("kaspersky_macos_application_bundle/kav.plist", "1.0.0"),
    ("kaspersky_macos_application_bundle_binary/kav.plist", "1.0.0"),
    ("kaspersky_macos_package_receipt/com.kaspersky.kav.core.plist", "16.0.0"),
    ("kaspersky_linux_package_rpm_file/kesl.rpm", "12.1.0"),
    ("kaspersky_linux_kernel_module_kav4fs_oas/kav4fs_oas.ko", "8.0.4"),
    ("kaspersky_linux_kernel_module_kav4fs_oas/kav4fs_oas-old-kernel.ko", "8.0.4"),
  ])
  func filesSayTheirVersion(_ path: String, _ expected: String) throws {
    #expect(try version(of: file(path)) == expected)
  }

  @Test func otherFilesSayNone() throws {
    #expect(version(of: []) == nil)
    #expect(try version(of: file("kaspersky_windows_driver_klif/klif.sys")) == nil)
    #expect(try version(of: file("kaspersky_linux_application_kesl/kesl")) == nil)
  }

  /// A section of `.modinfo` that ends anywhere, within `version=` too.
  @Test func aSectionMayEndWithinItsKey() throws {
    let whole = try file("kaspersky_linux_kernel_module_kav4fs_oas/kav4fs_oas.ko")
    func number(_ offset: Int, _ count: Int) -> Int {
      (0..<count).reduce(0) { $0 | Int(whole[offset + $1]) << (8 * $1) }
    }
    let (table, count) = (number(0x28, 8), number(0x3C, 2))
    var withVersion = 0
    for section in 0..<count {
      // sh_size of Elf64_Shdr.
      let size = table + section * 64 + 32
      for length in 0..<min(512, number(size, 8)) {
        var bytes = whole
        for place in 0..<8 {
          bytes[size + place] = UInt8(truncatingIfNeeded: length >> (8 * place))
        }
        if version(of: bytes) != nil { withVersion += 1 }
      }
    }
    #expect(withVersion > 0)
  }

  /// Any change or truncation leads to a result, never a crash.
  @Test func damagedFilesAreAnswered() throws {
    var random = SystemRandomNumberGenerator()
    var answered = 0
    for path in [
      "kaspersky_macos_application_bundle_binary/kav.plist",
      "kaspersky_linux_kernel_module_kav4fs_oas/kav4fs_oas.ko",
      "kaspersky_linux_package_rpm_file/kesl.rpm",
    ] {
      let whole = try file(path)
      for _ in 0..<5_000 {
        var bytes = whole
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          bytes[Int.random(in: bytes.indices, using: &random)] = [0, 0xFF, .random(in: 0...255)]
            .randomElement()!
        }
        if Bool.random() { bytes.removeLast(Int.random(in: 0..<bytes.count)) }
        if version(of: bytes)?.isEmpty != true { answered += 1 }
      }
    }
    #expect(answered == 15_000)
  }
}
