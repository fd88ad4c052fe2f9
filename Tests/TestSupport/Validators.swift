import Foundation

/// The validators of report formats that are installed here (`scripts/validate-reports`).
package enum Validators {
  /// Formats that can be checked.
  package static let formats: Set<String> = {
    let result = try? Subprocess.run(Fixtures.package + "/scripts/validate-reports", ["--list"])
    return Set(result?.lines ?? [])
  }()

  /// Checks one format of the reports in `folder`.
  package static func validate(_ format: String, in folder: String) throws -> Subprocess.Result {
    try Subprocess.run(Fixtures.package + "/scripts/validate-reports", [folder, format])
  }
}
