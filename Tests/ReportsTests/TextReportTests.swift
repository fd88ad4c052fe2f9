import Bytes
import Evidence
import Findings
import Reports
import Testing

@Suite struct TextReportTests {
  @Test func theTableShowsAFindingWithItsReasons() throws {
    let output = TextCollector()
    let report = TableReport(output)
    try report.receive(.finding(exampleFinding()))
    try report.receive(.summary(exampleSummary()))
    #expect(output.text.hasPrefix("strong     driver         /d/klif.sys\n"))
    #expect(output.text.contains("because   because\n"))
    #expect(output.text.contains("1 finding: 1 strong\n"))
    #expect(output.text.contains("2 items: 1 matched, 1 clean, 0 skipped, 0 failed"))
    #expect(output.text.hasSuffix("Complete: every item was read to its end.\n"))
  }

  @Test func anIncompleteScanSaysSoAndWhy() throws {
    let output = TextCollector()
    try TableReport(output).receive(
      .summary(exampleSummary { $0.enter(.notScanned(.permissionDenied)) }))
    #expect(output.text.contains("failed: 1 permission denied\n"))
    #expect(output.text.hasSuffix("INCOMPLETE: what was not scanned is not clean.\n"))
  }

  @Test func hostileTextReachesNoTerminal() throws {
    let output = TextCollector()
    var finding = exampleFinding(path: "/d/a\u{1B}[2J\nclean")
    finding.attribution.product = "P\u{1B}]0;title\u{07}"
    try TableReport(output).receive(.finding(finding))
    #expect(!output.text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
    #expect(output.text.contains("/d/a\\x1b[2J\\x0aclean"))
  }

  @Test func theInventoryIsOneLineAProduct() throws {
    let output = TextCollector()
    let report = InventoryReport(output)
    try report.receive(.finding(exampleFinding()))
    try report.receive(
      .product(
        Product(
          product: "P", vendor: "V", edition: nil, versions: ["1", "2"], evidence: "/e",
          installation: "/d",
          components: [.driver: 2, .application: 1], confidence: .strong, itemIDs: ["1-2"],
          state: .remnants)))
    try report.receive(.summary(exampleSummary()))
    let lines = output.text.split(separator: "\n")
    #expect(lines[0].hasPrefix("PRODUCT"))
    #expect(lines[1].contains("1 2"))
    #expect(lines[1].contains("1 application, 2 driver"))
    #expect(lines[1].contains("remnants"))
    #expect(lines.count == 6)
  }

  @Test func anEmptyInventorySaysSo() throws {
    let output = TextCollector()
    try InventoryReport(output).receive(.summary(exampleSummary()))
    #expect(output.text.hasPrefix("No product found.\n"))
  }

  @Test func aTableHasColumnsAsWideAsTheirCells() {
    var table = TextTable(["A", "B"])
    table.add(["long", "x"])
    table.add(["s", "y"])
    #expect(table.text == "A     B\nlong  x\ns     y\n")
  }
}
