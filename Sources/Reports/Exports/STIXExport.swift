import Bytes
import Evidence
package import Results

/// A STIX 2.1 bundle: a `file` for each distinct content and name, `software` for each product, and
/// for each endpoint `observed-data` that refers to them.
package struct STIXExport: ResultExport {
  package static let fileNames = ["results.stix.json"]

  private let file: ReportFile
  private let results: ResultSet
  private var list = JSONArrayWriter()
  private var isStarted = false
  private var known = Set<String>()
  /// Files and software of each endpoint of the current scan.
  private var seen = [Endpoint: Observed]()
  private var scan: ResultScan?

  private struct Observed {
    var references = Set<String>()
    var count = 0
  }

  package init(_ results: ResultSet, to files: [ReportFile]) {
    self.results = results
    file = files[0]
  }

  package mutating func add(_ entry: ResultEntry, of scan: ResultScan) throws {
    try start()
    if self.scan?.index != scan.index { try endScan() }
    self.scan = scan
    switch entry.record {
    case .finding(let finding):
      let endpoint = scan.endpoint(
        of: finding.locator.evidence, isImage: finding.locator.volume != nil)
      try observe(directory(finding), at: nil)
      try observe(content(finding), at: endpoint)
    case .product(let product):
      for version in product.versions.isEmpty ? [""] : product.versions {
        try observe(software(product, version), at: scan.endpoint(of: product))
      }
    case .problem, .context, .summary, .defect, .other: break
    }
  }

  package mutating func finish() throws {
    try start()
    try endScan()
    try file.write("\n]}\n")
  }

  private static let identity =
    "identity--" + NamedUUID.text(of: "identity", in: NamedUUID.own)

  private mutating func start() throws {
    guard !isStarted else { return }
    isStarted = true
    let name = results.scans.map { $0.identifier ?? $0.source.shown }.joined(separator: "\n")
    let identifier = "bundle--" + NamedUUID.text(of: name, in: NamedUUID.own)
    try file.write("{\"type\":\"bundle\",\"id\":\"\(identifier)\",\"objects\":[")
    try list.add(
      .object([
        ("type", .string("identity")), ("spec_version", .string("2.1")),
        ("id", .string(Self.identity)), ("created", .string("2017-09-13T00:00:00.000Z")),
        ("modified", .string("2017-09-13T00:00:00.000Z")), ("name", .string("trawl")),
        ("identity_class", .string("system")),
      ]), to: file)
  }

  private mutating func endScan() throws {
    defer { seen = [:] }
    guard let scan, let end = scan.summary?.custody.end?.millisecondText else { return }
    let start = scan.summary?.custody.start?.millisecondText ?? end
    for (endpoint, observed) in seen.sorted(by: { $0.key < $1.key }) {
      let identifier =
        "observed-data--"
        + NamedUUID.text(of: "\(scan.index)\n\(endpoint.name)\n\(start)", in: NamedUUID.own)
      try list.add(
        .object([
          ("type", .string("observed-data")), ("spec_version", .string("2.1")),
          ("id", .string(identifier)), ("created_by_ref", .string(Self.identity)),
          ("created", .string(end)), ("modified", .string(end)),
          ("first_observed", .string(start)), ("last_observed", .string(max(start, end))),
          // The specification ends at 999,999,999.
          ("number_observed", .integer(Int64(min(observed.count, 999_999_999)))),
          ("object_refs", .array(observed.references.sorted().map(JSON.string))),
          ("labels", .array([.string("endpoint: \(Printable.text(endpoint.name))")])),
        ]), to: file)
    }
  }

  private mutating func observe(_ object: Observable?, at endpoint: Endpoint?) throws {
    guard let object else { return }
    if known.insert(object.identifier).inserted {
      let head: [(key: String, value: JSON?)] = [
        ("type", .string(object.type)), ("spec_version", .string("2.1")),
        ("id", .string(object.identifier)),
      ]
      try list.add(.object(head + object.members), to: file)
    }
    if let endpoint {
      seen[endpoint, default: Observed()].references.insert(object.identifier)
      seen[endpoint, default: Observed()].count += 1
    }
  }

  /// A cyber-observable object. Its identifier follows from its contributing properties, of hashes
  /// only the first (section 2.9), as canonical JSON with sorted keys.
  private struct Observable {
    let type: String
    let identifier: String
    let members: [(key: String, value: JSON?)]

    init(
      _ type: String, _ contributing: [(key: String, value: JSON?)],
      _ members: [(key: String, value: JSON?)]
    ) {
      self.type = type
      let name = JSON.object(contributing.sorted { $0.key < $1.key }).line
      identifier = "\(type)--" + NamedUUID.text(of: name, in: NamedUUID.stix)
      self.members = members
    }
  }

  private func directory(_ finding: ResultFinding) -> Observable? {
    let path = finding.locator.path.parent.shown
    guard !path.isEmpty else { return nil }
    return Observable("directory", [("path", .string(path))], [("path", .string(path))])
  }

  private func content(_ finding: ResultFinding) -> Observable {
    let digests: [(key: String, value: JSON?)] = [
      ("MD5", finding.md5.map(JSON.string)), ("SHA-1", finding.sha1.map(JSON.string)),
      ("SHA-256", finding.sha256.map(JSON.string)),
    ]
    let present = digests.filter { $0.value != nil }
    let stream = finding.locator.stream.map { ":" + $0.shown } ?? ""
    let name = JSON.string(finding.locator.path.lastComponent.shown + stream)
    let parent = directory(finding).map { JSON.string($0.identifier) }
    return Observable(
      "file",
      [
        ("hashes", present.first.map { .object([$0]) }), ("name", name),
        ("parent_directory_ref", parent),
      ],
      [
        ("hashes", present.isEmpty ? nil : .object(present)),
        // An integer of JSON, as readers see it, ends at 2^53.
        ("size", finding.size < 1 << 53 ? .unsigned(finding.size) : nil), ("name", name),
        ("ctime", finding.times.created?.millisecondText.map(JSON.string)),
        ("mtime", finding.times.modified?.millisecondText.map(JSON.string)),
        ("atime", finding.times.accessed?.millisecondText.map(JSON.string)),
        ("parent_directory_ref", parent),
      ])
  }

  private func software(_ product: ResultProduct, _ version: String) -> Observable {
    let members: [(key: String, value: JSON?)] = [
      ("name", .string(Printable.text(product.product))),
      ("vendor", product.vendor.map { .string(Printable.text($0)) }),
      ("version", version.isEmpty ? nil : .string(Printable.text(version))),
    ]
    return Observable("software", members, members)
  }
}

extension Timestamp {
  /// RFC 3339 with milliseconds, as STIX writes times; nil for a year of more than four digits.
  fileprivate var millisecondText: String? {
    guard let whole = Timestamp(seconds: seconds, nanoseconds: 0).rfc3339 else { return nil }
    let digits = String(nanoseconds / 1_000_000)
    return whole.dropLast() + "." + String(repeating: "0", count: 3 - digits.count) + digits + "Z"
  }
}
