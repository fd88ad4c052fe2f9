import Bytes
import Evidence
import Findings
import GRDB
import Reports

extension BatchWriter {
  /// Inserts a finding with its parts, and returns its row.
  mutating func insert(_ finding: Finding, isFirstPath: Bool, item: Int64) throws -> Int64 {
    let claim = finding.attribution
    let digest = finding.isPartial ? nil : finding.digest
    let what = [
      item.databaseValue, CaseValue.boolean(isFirstPath), nextPosition(),
      CaseValue.text(finding.itemID), CaseValue.text(claim.rule),
      CaseValue.text(claim.confidence?.rawValue), CaseValue.text(claim.vendor),
      CaseValue.text(claim.product), CaseValue.text(claim.productVersion),
      CaseValue.text(claim.version), CaseValue.text(claim.component?.rawValue),
      CaseValue.text(claim.platform), CaseValue.boolean(claim.isEmbedded),
    ]
    let content = [
      CaseValue.number(finding.size), CaseValue.text(finding.inode),
      CaseValue.number(finding.locator.runs.first?.offset),
      CaseValue.hexadecimal(digest?.md5), CaseValue.hexadecimal(digest?.sha1),
      CaseValue.hexadecimal(digest?.sha256), CaseValue.time(finding.times.modified),
      CaseValue.time(finding.times.created), CaseValue.time(finding.times.accessed),
      CaseValue.time(finding.times.changed),
      CaseValue.text(JSONLinesReport.line(of: .finding(finding))), try encoded(finding),
    ]
    let row = try insert(try place(finding.locator) + what + content, into: .findings)
    for match in finding.matches {
      try insert(
        [row.databaseValue, CaseValue.text(match.rule), CaseValue.text(match.namespace)],
        into: .findingRules)
    }
    for reason in claim.reasons {
      try insert([row.databaseValue, CaseValue.text(reason)], into: .findingReasons)
    }
    for signature in claim.codeSignatures { try insert(signature, of: row) }
    for trace in finding.traces { try insert(trace, of: row) }
    return row
  }

  private mutating func insert(_ signature: CodeSignature, of finding: Int64) throws {
    try insert(
      [
        finding.databaseValue, CaseValue.number(signature.depth),
        CaseValue.text(signature.digest.rawValue), CaseValue.boolean(signature.isSignatureValid),
        CaseValue.text(signature.signer?.commonName),
        CaseValue.text(signature.signer?.organization), CaseValue.text(signature.signer?.issuer),
        CaseValue.hexadecimal(signature.signer?.sha256), CaseValue.text(signature.programName),
        CaseValue.time(signature.timestamp?.time),
      ], into: .signatures)
  }

  private mutating func insert(_ trace: Trace, of finding: Int64) throws {
    try insert(
      [
        finding.databaseValue, CaseValue.text(trace.kind.rawValue), CaseValue.text(trace.place),
        CaseValue.text(trace.product), CaseValue.text(trace.edition),
        CaseValue.text(trace.version), CaseValue.text(trace.folder),
        CaseValue.text(trace.program), CaseValue.boolean(trace.isActive),
        CaseValue.time(trace.written),
      ], into: .artifacts)
  }
}
