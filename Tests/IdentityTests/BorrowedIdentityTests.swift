import Findings
import Foundation
import TestSupport
import Testing
import Yara

@testable import Identity

/// A rule about code identity counts only if it holds by the bytes that a loader maps: what anyone can add to a program
/// of another does not lend it an identity.
@Suite struct BorrowedIdentityTests {
  private static let identity = "IDENTITY-OF-THE-CODE"

  /// Whether the rule with this condition matches, but only by bytes that are no code of the file.
  private func isBorrowed(_ bytes: [UInt8], _ strings: String, _ condition: String) throws -> Bool {
    var compiler = try Compiler(includes: .disabled)
    try compiler.add(
      text: """
        import "pe"
        rule sure { meta: confidence = "strong" \(strings) condition: \(condition) }
        """)
    var scanner = try Scanner(try compiler.rules())
    let matches = try scanner.scan(bytes.span.bytes).matches
    #expect(matches.count == 1)
    let borrowed = BorrowedIdentity(among: matches, in: bytes.span.bytes) {
      try? scanner.scan($0).matches
    }
    #expect(borrowed.isExact)
    return borrowed.rules == ["sure"]
  }

  private func isBorrowed(_ bytes: [UInt8]) throws -> Bool {
    try isBorrowed(bytes, "strings: $a = \"\(Self.identity)\"", "$a")
  }

  /// Of a file too large for a copy, only the places of strings are known, and the reason does not say more.
  @Test func whatWasNotCheckedIsSaid() throws {
    let bytes = try contents(Fixtures.positive("kaspersky_windows_installer_starter"))
    var compiler = try Compiler(includes: .disabled)
    try compiler.add(
      text: """
        import "pe"
        rule sure { meta: confidence = "strong" reason = "is sure"
          condition: pe.pdb_path endswith "starter.pdb" }
        """)
    var scanner = try Scanner(try compiler.rules())
    let matches = try scanner.scan((bytes + [0]).span.bytes).matches
    let borrowed = BorrowedIdentity(among: matches, in: (bytes + [0]).span.bytes, maximumCopy: 0) {
      _ in nil
    }
    #expect(borrowed.rules == ["sure"] && !borrowed.isExact)
    let found = Identifier(nil).attribution(of: matches, borrowed: borrowed)
    #expect(found.confidence == .claimed)
    #expect(found.reasons == ["is sure, but whether by its own code alone was not checked"])
  }

  private func contents(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// Programs and objects that gcc and binutils made: how, and whether the text in them is borrowed.
  @Test(arguments: [
    ("gcc -DTEXT -o f m.c", false), ("gcc -DTEXT -static -o f m.c", false),
    ("gcc -DTEXT -c -o f m.c", false), ("gcc -o f m.c; cat text >> f", true),
    ("gcc -c -o f m.c; cat text >> f", true),
    ("gcc -o f m.c; objcopy --add-section .note.x=text f", true),
    ("gcc -c -o f m.c; objcopy --add-section .note.x=text f", true),
    (
      "gcc -c -o f m.c; objcopy --add-section .x=text --set-section-flags .x=alloc,readonly f",
      false
    ),
    ("x86_64-w64-mingw32-gcc -DTEXT -o f.exe m.c; mv f.exe f", false),
    ("x86_64-w64-mingw32-gcc -s -o f.exe m.c; cat f.exe text > f", true),
    ("i686-w64-mingw32-gcc -s -o f.exe m.c; cat f.exe text > f", true),
    (
      "echo '7 RCDATA \"text\"' | x86_64-w64-mingw32-windres -o r.o; x86_64-w64-mingw32-gcc -o f.exe m.c r.o; mv f.exe f",
      true
    ),
    ("cp text f", false),
  ])
  func onlyWhatIsMappedCounts(_ command: String, _ expected: Bool) throws {
    let folder = try TemporaryDirectory()
    try folder.write("text:\(Self.identity):text", to: "text")
    try folder.write(
      """
      #ifdef TEXT
      const char *volatile text = "\(Self.identity)";
      #endif
      int main(void) { return 0; }
      """, to: "m.c")
    let made = try Subprocess.run("bash", ["-ec", command], in: folder.path)
    #expect(made.status == 0, "\(made.errors)")
    #expect(try isBorrowed(try contents(folder.path + "/f")) == expected)
  }

  /// A library that lld linked, and a universal file of lipo: text behind them is no code; names of functions, which are
  /// in the segment __LINKEDIT, are.
  @Test func whatIsBehindAMachOIsNoCode() throws {
    for rule in ["kaspersky_macos_library_appkit", "kaspersky_macos_application_code_signature"] {
      let files = try Fixtures.files("positive").filter { $0.folder.hasSuffix(rule) }
        .map { try contents($0.file) }
      let isUniversal = { (bytes: [UInt8]) in bytes.starts(with: [0xCA, 0xFE, 0xBA, 0xBE]) }
      let bytes = try #require(files.first { isUniversal($0) } ?? files.first)
      #expect(isUniversal(bytes) == rule.hasSuffix("signature"))
      #expect(try isBorrowed(bytes + Array(Self.identity.utf8)))
      if !isUniversal(bytes) {
        #expect(
          try !isBorrowed(bytes, "strings: $a = \"_main\" $b = \"_kmod_info\"", "any of them"))
      }
    }
  }

  /// The build path of a debug record in a section counts; that of a record behind the sections, to which the debug
  /// directory leads as well, does not.
  @Test func aDebugRecordBehindTheSectionsIsBorrowed() throws {
    let path = Fixtures.positive("kaspersky_windows_driver_build_path")
    let bytes = try contents(path)
    let condition = "pe.pdb_path contains \"00000000\""
    #expect(try !isBorrowed(bytes, "", condition))
    func number(_ offset: Int) -> Int {
      (0..<4).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
    }
    let record = try #require(bytes.firstRange(of: Array("RSDS".utf8))).lowerBound
    // Debug directory entry: type 2 at 12, size at 16, address at 20, offset at 24 (PE format, "Debug Directory").
    let entry = try #require(
      (0..<(bytes.count - 28)).first { number($0 + 24) == record && number($0 + 12) == 2 })
    let size = number(entry + 16)
    var moved = bytes
    moved.replaceSubrange(record..<(record + size), with: repeatElement(0, count: size))
    moved += bytes[record..<(record + size)]
    for byte in 0..<4 {
      moved[entry + 20 + byte] = 0
      moved[entry + 24 + byte] = UInt8(truncatingIfNeeded: bytes.count >> (8 * byte))
    }
    #expect(try isBorrowed(moved, "", condition))
  }
}
