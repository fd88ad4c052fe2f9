import Pages
import Reports

/// Formats of `trawl report`.
enum ReportFormat: String, CaseIterable {
  case html, compliance, csv, jsonl, sarif, dfxml, stix, `case`, bodyfile, timesketch

  static let names = allCases.map(\.rawValue)

  /// The report that is written while the results are read; nil for the compliance report, which
  /// is made of their summaries.
  var export: (any ResultExport.Type)? {
    switch self {
    case .html: HTMLExport.self
    case .compliance: nil
    case .csv: CSVExport.self
    case .jsonl: JSONLinesExport.self
    case .sarif: SARIFExport.self
    case .dfxml: DFXMLExport.self
    case .stix: STIXExport.self
    case .case: CASEExport.self
    case .bodyfile: BodyfileExport.self
    case .timesketch: TimesketchExport.self
    }
  }

  var fileNames: [String] { export?.fileNames ?? ["compliance.html", "compliance.md"] }
}
