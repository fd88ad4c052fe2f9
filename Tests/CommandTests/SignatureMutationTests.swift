import Foundation
import TestSupport
import Testing

/// Signed files that were tampered with, through the built binary: nothing of them stays confirmed, though their
/// authority is trusted. Each variant for itself, with its reasons, is in Tests/IdentityTests.
@Suite struct SignatureMutationTests {
  private enum Change: String, CaseIterable {
    case none, changed, stripped, truncated
  }

  /// What each rule set says of a file whose signatures prove nothing: a driver by its own code, one that only says what it
  /// is, and a program that says so in nothing but its certificate.
  private func unproven(_ name: String, _ change: Change) -> String? {
    switch name {
    case "klif.sys", "klif-re-signed.sys": "strong"
    case "32-bit.exe": change == .stripped || change == .truncated ? nil : "claimed"
    default: "claimed"
    }
  }

  /// The signed files that are made by the authority of the fixtures, each in every condition: CHANGE/NAME.
  private func mutations(of files: [String]) throws -> TemporaryDirectory {
    let folder = try TemporaryDirectory()
    for file in files {
      let name = (file as NSString).lastPathComponent
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
      try folder.write(bytes, to: "none/" + name)
      var changed = bytes
      // In the DOS stub, which nothing but the digest looks at.
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
        ($0["path"] as? String ?? "", $0["confidence"] as? String)
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
    #expect(lines.last?["complete"] as? Bool == true)
  }
}
