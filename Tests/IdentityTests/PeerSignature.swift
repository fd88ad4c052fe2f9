import Foundation
import TestSupport

/// Report of `osslsigncode verify` on one signature.
struct PeerSignature: Equatable {
  var digestMatches: Bool
  var isVerified: Bool
  var subject: String
  var serial: String
  /// nil without a timestamp.
  var isTimestampVerified: Bool?

  /// Asks the peer about all signatures of a file.
  static func of(_ file: String) throws -> [PeerSignature] {
    let authorities = Fixtures.folder + "/authorities.pem"
    let text = try Subprocess.run(
      "osslsigncode", ["verify", "-CAfile", authorities, "-TSA-CAfile", authorities, "-in", file]
    ).text
    return text.components(separatedBy: "\nSignature Index: ").dropFirst().map { part in
      let lines = part.split(separator: "\n").map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      func value(_ key: String) -> String {
        lines.first { $0.hasPrefix(key) }.map { line in
          line.drop { $0 != ":" }.dropFirst().trimmingCharacters(in: .whitespaces)
        } ?? ""
      }
      let timestamp = value("Timestamp Server Signature verification")
      let digest = value("Current message digest")
      return PeerSignature(
        digestMatches: !digest.isEmpty && digest == value("Calculated message digest"),
        isVerified: lines.contains("Signature verification: ok"), subject: value("Subject"),
        serial: value("Serial"),
        isTimestampVerified: timestamp.isEmpty ? nil : timestamp == "ok")
    }
  }
}
