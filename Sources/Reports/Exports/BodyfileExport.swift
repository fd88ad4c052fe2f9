import Bytes
import Evidence
import Findings
package import Results

/// Bodyfile of The Sleuth Kit 3 and later, which `mactime` turns into a timeline:
/// `MD5|name|inode|mode|UID|GID|size|atime|mtime|ctime|crtime`, times in seconds.
package struct BodyfileExport: FindingLines {
  package static let fileNames = ["findings.body"]

  private let file: ReportFile

  package init(_ file: ReportFile) { self.file = file }

  package func write(_ finding: ResultFinding, of scan: ResultScan) throws {
    let times = finding.times
    let seconds = [times.accessed, times.modified, times.changed, times.created].map {
      // mactime leaves 0 out, and accepts no negative time.
      String(max(0, $0?.seconds ?? 0))
    }
    let cells =
      [
        finding.md5 ?? "0", name(of: finding, in: scan), Self.cell(finding.inode ?? "0"),
        "r/----------", "0", "0", String(finding.size),
      ] + seconds
    try file.write(cells.joined(separator: "|") + "\n")
  }

  /// Path with the medium and volume in front, and the product behind.
  private func name(of finding: ResultFinding, in scan: ResultScan) -> String {
    let locator = finding.locator
    let endpoint = scan.endpoint(of: locator.evidence, isImage: locator.volume != nil)
    let volume = locator.volume.map { "/volume \($0.index)" } ?? ""
    let stream = locator.stream.map { ":" + $0.shown } ?? ""
    let state = locator.state.map { $0 == .allocated ? "" : " (\($0.rawValue))" } ?? ""
    let what = [finding.confidence?.rawValue, finding.product].compactMap(\.self)
    return Self.cell(
      "\(endpoint.name)\(volume)\(locator.path.shown)\(stream)\(state)"
        + (what.isEmpty ? "" : " [\(what.joined(separator: " "))]"))
  }

  /// The format has no escapes: a bar would start the next field.
  private static func cell(_ text: String) -> String {
    Printable.text(text).replacing(scalar: "|", with: "\\x7c")
  }
}
