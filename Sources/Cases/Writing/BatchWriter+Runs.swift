import Bytes
import Engine
import Evidence
import Findings
internal import FoundationEssentials
import GRDB
import Reports

extension BatchWriter {
  /// Inserts the beginning of a run.
  mutating func insert(run scan: CaseScan, at start: Timestamp) throws {
    let libraries = scan.libraries.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    let commandLine = try JSONEncoder().encode(scan.commandLine)
    state.run = try insert(
      [
        CaseValue.time(start), CaseValue.text(scan.tool),
        CaseValue.text(libraries.joined(separator: ", ")),
        CaseValue.text(String(decoding: commandLine, as: UTF8.self)),
        CaseValue.text(scan.folder.shown), CaseValue.text(scan.host), CaseValue.text(scan.user),
        CaseValue.number(ProcessInfo.processInfo.processIdentifier),
      ], into: .runs)
  }

  /// Inserts the first rows of a new case: its settings, rules and evidence.
  mutating func insert(beginning scan: CaseScan) throws {
    let properties = [
      ("format", String(CaseSchema.version)), ("identifier", UUID().uuidString),
      ("hash_key", state.key.text),
    ]
    for (name, value) in properties {
      try insert([CaseValue.text(name), CaseValue.text(value)], into: .properties)
    }
    for (name, value) in scan.settings {
      try insert([CaseValue.text(name), CaseValue.text(value)], into: .settings)
    }
    for rules in scan.ruleSets {
      try insert([CaseValue.text(rules.name), CaseValue.text(rules.sha256)], into: .ruleSets)
    }
    for evidence in scan.evidence { try insert(evidence) }
  }

  /// Inserts an image as its source describes it; returns its row.
  @discardableResult
  mutating func insert(_ medium: MediumDescription) throws -> Int64 {
    let evidence = try evidence(medium.evidence)
    try CaseComparison.check(medium, database, evidence: evidence, batch: state.batch)
    let row = try insert(
      [evidence.databaseValue, CaseValue.text(medium.container), CaseValue.number(medium.size)],
      into: .images)
    for digest in medium.digests {
      try insert(
        [
          evidence.databaseValue, CaseValue.text("stored"), CaseValue.text(digest.algorithm),
          CaseValue.hexadecimal(digest.bytes), CaseValue.null,
        ], into: .digests)
    }
    for volume in medium.volumes { _ = try self.volume(volume, of: evidence) }
    return row
  }

  /// Inserts the end of a run: products, accounts, summary.
  mutating func insert(_ end: ScanEnd, changedItems: Int, at time: Timestamp) throws {
    for product in end.products { try insert(product) }
    for file in end.otherFiles {
      try insert(
        try place(file.locator) + [
          state.run.databaseValue, CaseValue.text(file.product),
          CaseValue.text(JSONLinesReport.line(of: .context(file))), try encoded(file),
        ], into: .contextFiles)
    }
    for medium in end.summary.media { try insert(medium) }
    try insert([state.run.databaseValue, try encoded(end.summary)], into: .summaries)
    try insert(
      [
        state.run.databaseValue, CaseValue.time(time),
        CaseValue.text(end.summary.wasInterrupted ? "interrupted" : "complete"),
        CaseValue.number(changedItems),
      ], into: .runEnds)
  }

  private mutating func insert(_ product: Product) throws {
    let evidence = try evidence(product.evidence)
    let volume = try product.volume.map { try self.volume($0, of: evidence) }
    try insert(
      [
        state.run.databaseValue, evidence.databaseValue, CaseValue.number(volume),
        CaseValue.text(product.product), CaseValue.text(product.vendor),
        CaseValue.text(product.edition), CaseValue.text(product.versions.joined(separator: " ")),
        CaseValue.text(product.installation.shown), CaseValue.text(product.confidence.rawValue),
        CaseValue.text(product.state.rawValue), CaseValue.boolean(product.isEmbedded),
        CaseValue.time(product.first), CaseValue.time(product.last),
        CaseValue.text(JSONLinesReport.line(of: .product(product))), try encoded(product),
      ], into: .products)
  }

  private mutating func insert(_ medium: MediumAccount) throws {
    let evidence = try evidence(medium.evidence)
    let parts = [
      medium.size, medium.items, medium.metadata, medium.slack, medium.carved, medium.unallocated,
      medium.gaps, medium.unread, medium.unowned, medium.knownZeros,
    ]
    try insert(
      [state.run.databaseValue, evidence.databaseValue] + parts.map { CaseValue.number($0) },
      into: .media)
    guard let verification = medium.verification else { return }
    let digest = verification.digest
    for (name, bytes) in [
      ("MD5", digest.md5), ("SHA-1", digest.sha1), ("SHA-256", digest.sha256),
    ] {
      let stored = verification.stored.first { $0.algorithm == name }
      try insert(
        [
          evidence.databaseValue, CaseValue.text("computed"), CaseValue.text(name),
          CaseValue.hexadecimal(bytes), CaseValue.boolean(stored?.isEqual),
        ], into: .digests)
    }
  }
}
