import Findings
package import Results

/// Products and versions with the number of endpoints that have them, for people.
package enum DeploymentTable {
  package static func text(of deployments: [Deployment]) -> String {
    guard !deployments.isEmpty else { return "No product found.\n" }
    var table = TextTable(["PRODUCT", "VERSION", "STATE", "CONFIDENCE", "ENDPOINTS"])
    for row in deployments {
      table.add([
        Printable.text(row.product) + (row.isEmbedded ? " (embedded)" : ""),
        row.version.map(Printable.text) ?? "-", row.state.rawValue, row.confidence.rawValue,
        String(row.endpoints.count),
      ])
    }
    return table.text
  }
}
