import Bytes
import Evidence
import Findings
package import Results

/// CASE/UCO JSON-LD (CASE 1.4): the tool, one investigative action for each scan, its evidence, and
/// an observable file with its hashes for each finding.
package struct CASEExport: ResultExport {
  package static let fileNames = ["results.case.jsonld"]

  private let file: ReportFile
  private let results: ResultSet
  private var list = JSONArrayWriter()
  private var isStarted = false
  private var scan: ResultScan?
  private var count = 0
  private var objects = [String]()

  package init(_ results: ResultSet, to files: [ReportFile]) {
    self.results = results
    file = files[0]
  }

  package mutating func add(_ entry: ResultEntry, of scan: ResultScan) throws {
    try start()
    if self.scan?.index != scan.index {
      try endScan()
      self.scan = scan
      count = 0
    }
    switch entry.record {
    case .finding(let finding): try write(finding, in: scan)
    case .product(let product): try write(product, in: scan)
    case .problem, .context, .summary, .defect, .other: break
    }
  }

  package mutating func finish() throws {
    try start()
    try endScan()
    try file.write("\n]}\n")
  }

  private static let context = JSON.object(
    [
      ("kb", "urn:trawl:kb:"), ("trawl", "urn:trawl:vocabulary:"),
      ("case-investigation", "https://ontology.caseontology.org/case/investigation/"),
      ("uco-action", "https://ontology.unifiedcyberontology.org/uco/action/"),
      ("uco-core", "https://ontology.unifiedcyberontology.org/uco/core/"),
      ("uco-observable", "https://ontology.unifiedcyberontology.org/uco/observable/"),
      ("uco-tool", "https://ontology.unifiedcyberontology.org/uco/tool/"),
      ("uco-types", "https://ontology.unifiedcyberontology.org/uco/types/"),
      ("xsd", "http://www.w3.org/2001/XMLSchema#"),
    ].map { ($0, JSON.string($1)) })

  private mutating func start() throws {
    guard !isStarted else { return }
    isStarted = true
    try file.write("{\"@context\":")
    try file.write(Self.context)
    try file.write(",\"@graph\":[")
    for version in Set(results.scans.map { $0.summary?.custody.tool ?? "trawl" }).sorted() {
      try list.add(
        .object([
          ("@id", .string(Self.node("Tool", version))), ("@type", .string("uco-tool:Tool")),
          ("uco-core:name", .string("trawl")),
          ("uco-tool:version", .string(Printable.text(version))),
          ("uco-tool:toolType", .string("scanner")),
        ]), to: file)
    }
  }

  /// Identifier of a node: its type, and a UUID that follows from `name`.
  private static func node(_ type: String, _ name: String) -> String {
    "kb:\(type)-" + NamedUUID.text(of: "\(type)\n\(name)", in: NamedUUID.own)
  }

  private static func reference(_ identifier: String) -> JSON {
    .object([("@id", .string(identifier))])
  }

  private static func time(_ time: Timestamp?) -> JSON? {
    guard let text = time?.rfc3339 else { return nil }
    return .object([("@type", .string("xsd:dateTime")), ("@value", .string(text))])
  }

  private mutating func endScan() throws {
    guard let scan else { return }
    let custody = scan.summary?.custody
    let name = "\(scan.index)\n\(scan.identifier ?? scan.source.shown)"
    var evidence = [String]()
    for item in custody?.evidence ?? [] {
      let identifier = Self.node("Evidence", "\(name)\n\(item.name.shown)")
      evidence.append(identifier)
      let isImage = item.kind == "image"
      try list.add(
        .object([
          ("@id", .string(identifier)),
          ("@type", .string(isImage ? "uco-observable:Image" : "uco-observable:ObservableObject")),
          ("uco-core:name", .string(item.name.shown)),
          ("uco-core:description", .string(Printable.text(item.kind))),
        ]), to: file)
    }
    let record = Self.node("ProvenanceRecord", name)
    // A provenance record refers to at least one object.
    let results = objects.isEmpty ? [] : [record]
    if !objects.isEmpty {
      try list.add(
        .object([
          ("@id", .string(record)), ("@type", .string("case-investigation:ProvenanceRecord")),
          ("uco-core:description", .string("findings of one scan")),
          ("uco-core:object", .array(objects.map(Self.reference))),
        ]), to: file)
    }
    try list.add(
      .object([
        ("@id", .string(Self.node("InvestigativeAction", name))),
        ("@type", .string("case-investigation:InvestigativeAction")),
        ("uco-core:name", .string("scan")),
        (
          "uco-core:description",
          .string(scan.isComplete ? "every item was scanned" : "not every item was scanned")
        ),
        ("uco-action:startTime", Self.time(custody?.start)),
        ("uco-action:endTime", Self.time(custody?.end)),
        (
          "uco-action:instrument",
          Self.reference(Self.node("Tool", custody?.tool ?? "trawl"))
        ),
        (
          "uco-action:object", evidence.isEmpty ? nil : .array(evidence.map(Self.reference))
        ),
        (
          "uco-action:result", results.isEmpty ? nil : .array(results.map(Self.reference))
        ),
      ]), to: file)
    objects = []
    self.scan = nil
  }

  private mutating func write(_ finding: ResultFinding, in scan: ResultScan) throws {
    count += 1
    let name = "\(scan.index)\n\(count)\n\(finding.locator.path.shown)"
    let identifier = Self.node("File", name)
    objects.append(identifier)
    let locator = finding.locator
    let endpoint = scan.endpoint(of: locator.evidence, isImage: locator.volume != nil)
    let stream = locator.stream.map { ":" + $0.shown } ?? ""
    let hashes: [JSON] = [("MD5", finding.md5), ("SHA1", finding.sha1), ("SHA256", finding.sha256)]
      .compactMap { method, value in value.map { Self.hash(method, $0, name) } }
    let fileFacet = JSON.object([
      ("@id", .string(Self.node("FileFacet", name))),
      ("@type", .string("uco-observable:FileFacet")),
      ("uco-observable:fileName", .string(locator.path.lastComponent.shown + stream)),
      ("uco-observable:filePath", .string(locator.path.shown + stream)),
      ("uco-observable:isDirectory", .boolean(false)),
      ("uco-observable:sizeInBytes", .unsigned(finding.size)),
      (
        "uco-observable:allocationStatus", locator.state.map { .string($0.rawValue) }
      ),
      ("uco-observable:observableCreatedTime", Self.time(finding.times.created)),
      ("uco-observable:modifiedTime", Self.time(finding.times.modified)),
      ("uco-observable:accessedTime", Self.time(finding.times.accessed)),
      ("uco-observable:metadataChangeTime", Self.time(finding.times.changed)),
    ])
    let contentFacet = JSON.object([
      ("@id", .string(Self.node("ContentDataFacet", name))),
      ("@type", .string("uco-observable:ContentDataFacet")),
      ("uco-observable:sizeInBytes", .unsigned(finding.size)),
      ("uco-observable:hash", hashes.isEmpty ? nil : .array(hashes)),
    ])
    try list.add(
      .object([
        ("@id", .string(identifier)), ("@type", .string("uco-observable:File")),
        ("uco-core:hasFacet", .array([fileFacet, contentFacet])),
        ("trawl:endpoint", .string(Printable.text(endpoint.name))),
        ("trawl:evidence", .string(locator.evidence.shown)),
        ("trawl:rule", .string(Printable.text(finding.rule))),
        ("trawl:confidence", finding.confidence.map { .string($0.rawValue) }),
        ("trawl:product", finding.product.map { .string(Printable.text($0)) }),
        (
          "uco-core:description",
          finding.reasons.isEmpty
            ? nil : .string(Printable.text(finding.reasons.joined(separator: "; ")))
        ),
      ]), to: file)
  }

  private static func hash(_ method: String, _ value: String, _ name: String) -> JSON {
    .object([
      ("@id", .string(node("Hash", "\(method)\n\(name)"))), ("@type", .string("uco-types:Hash")),
      ("uco-types:hashMethod", .string(method)),
      (
        "uco-types:hashValue",
        .object([("@type", .string("xsd:hexBinary")), ("@value", .string(value))])
      ),
    ])
  }

  private mutating func write(_ product: ResultProduct, in scan: ResultScan) throws {
    let endpoint = scan.endpoint(of: product)
    for version in product.versions.isEmpty ? [""] : product.versions {
      let name =
        "\(scan.index)\n\(endpoint.name)\n\(product.installation.shown)\n\(product.product)\n\(version)"
      let identifier = Self.node("Software", name)
      objects.append(identifier)
      try list.add(
        .object([
          ("@id", .string(identifier)), ("@type", .string("uco-observable:Software")),
          ("uco-core:name", .string(Printable.text(product.product))),
          (
            "uco-core:hasFacet",
            .array([
              .object([
                ("@id", .string(Self.node("SoftwareFacet", name))),
                ("@type", .string("uco-observable:SoftwareFacet")),
                (
                  "uco-observable:version",
                  version.isEmpty ? nil : .string(Printable.text(version))
                ),
              ])
            ])
          ),
          ("trawl:endpoint", .string(Printable.text(endpoint.name))),
          ("trawl:vendor", product.vendor.map { .string(Printable.text($0)) }),
          ("trawl:state", .string(product.state.rawValue)),
          ("trawl:installation", .string(product.installation.shown)),
        ]), to: file)
    }
  }
}
