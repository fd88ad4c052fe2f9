import Foundation
import TestSupport
import Testing

/// Tampered signed files, through the built binary: nothing in them stays confirmed, although
/// their authority is trusted. Tests/IdentityTests checks each variant with its reasons.
@Suite struct SignatureMutationTests {
  private enum Change: String, CaseIterable {
    case none, changed, stripped, truncated
  }

  /// Expected answer of each rule set for a file whose signatures prove nothing: a driver by its
  /// own code, a file that only claims its origin, and a program whose certificate alone claims
  /// it.
  private func unproven(_ name: String, _ change: Change) -> String? {
    switch name {
    case "klif.sys", "klif-re-signed.sys", "overwritten.sys": "strong"
    case "32-bit.exe", "program-in-resource.exe":
      change == .stripped || change == .truncated ? nil : "claimed"
    // It names another maker, and was changed since Kaspersky signed it.
    case "third-party.dll": change == .stripped || change == .truncated ? nil : "weak"
    default: "claimed"
    }
  }

  /// Signed files made by the fixtures' authority, each with every change: CHANGE/NAME.
  private func mutations(of files: [String]) throws -> TemporaryDirectory {
    let folder = try TemporaryDirectory()
    for file in files {
      let name = (file as NSString).lastPathComponent
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
      try folder.write(bytes, to: "none/" + name)
      var changed = bytes
      // In the DOS stub, which affects only the digest.
      changed[0x50] ^= 0xFF
      try folder.write(changed, to: "changed/" + name)
      try folder.write(Array(bytes.dropLast(100)), to: "truncated/" + name)
      let stripped = try folder.write([], to: "stripped/" + name)
      try FileManager.default.removeItem(atPath: stripped)
      let result = try Subprocess.run(
        "osslsigncode", ["remove-signature", "-in", file, "-out", stripped])
      #expect(result.status == 0, "\(result.errors)")
    }
    return folder
  }

  @Test func nothingThatWasTamperedWithIsConfirmed() throws {
    let files = Fixtures.files("signed").filter { $0.folder == "authority" }.map(\.file)
    let folder = try mutations(of: files)
    let (status, lines) = try Command.lines(
      "--trust-anchor", Fixtures.folder + "/authority.pem", folder.path)
    #expect(status == 1)
    let findings = lines.ofType("finding")
    let confidences = Dictionary(
      uniqueKeysWithValues: findings.map {
        ($0.path ?? "", $0.confidence)
      })
    for file in files {
      let name = (file as NSString).lastPathComponent
      for change in Change.allCases where change != .none {
        let path = "\(folder.path)/\(change)/\(name)"
        #expect(confidences[path] ?? nil == unproven(name, change), "\(change) \(name)")
      }
    }
    let confirmed = files.filter {
      confidences["\(folder.path)/none/\(($0 as NSString).lastPathComponent)"] == "confirmed"
    }
    #expect(confirmed.count > 15)
    #expect(lines.last?.complete == true)
  }
}
