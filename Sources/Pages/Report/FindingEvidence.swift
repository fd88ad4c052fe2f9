import Bytes
import Evidence
import Findings
import Reports
import Results

/// The evidence of the findings of one block, in the order of the list in ``PageScript``. Texts are
/// numbers in a table of their own: most findings share their reasons, rules and times.
struct FindingEvidence {
  /// Matches of strings that are shown for one finding.
  private static let mostStrings = 20

  private var texts = TextIndex()
  private var findings = [JSON]()

  mutating func add(_ finding: ResultFinding) {
    let locator = finding.locator
    let volume = locator.volume.map {
      "\($0.index): \($0.type), \($0.length) bytes at byte \($0.start)"
    }
    let place = locator.runs.first.map { run in
      "byte \(run.offset)" + (locator.runs.count > 1 ? ", in \(locator.runs.count) runs" : "")
    }
    let times = finding.times
    let zone = times.areLocal ? " (time zone unknown)" : ""
    let single: [String?] = [
      locator.evidence.shown, volume, finding.inode, place, finding.version, finding.vendor,
      finding.isEmbedded ? "in another vendor's product" : nil,
    ]
    let hours = [times.created, times.modified, times.accessed, times.changed].map {
      $0?.rfc3339.map { $0 + zone }
    }
    var strings = [JSON]()
    for string in finding.matches.lazy.flatMap(\.strings).prefix(Self.mostStrings) {
      strings += [
        texts[string.identifier], .unsigned(string.offset), .unsigned(string.length),
        texts[Hexadecimal.text(of: string.data)],
      ]
    }
    findings.append(
      .array([
        numbers(finding.reasons), numbers(finding.matches.map(\.rule)), numbers(single + hours),
        .array(strings), numbers(finding.codeSignatures.map(Self.text)),
        numbers(finding.traces.map(Self.text)), numbers(finding.contents.map(Self.text)),
      ]))
  }

  /// Texts and findings.
  var json: JSON { .array([texts.json, .array(findings)]) }

  private mutating func numbers(_ texts: [String?]) -> JSON {
    var numbers = [JSON]()
    for text in texts { numbers.append(self.texts[text]) }
    return .array(numbers)
  }

  private static func text(_ signature: ResultCodeSignature) -> String {
    let parts: [String?] = [
      signature.organization ?? signature.signer ?? "signer not in the file",
      signature.isValid ? "valid" : "NOT VALID (digest \(signature.digest))",
      signature.programName.map { "program \($0)" }, signature.issuer.map { "issuer \($0)" },
      signature.timestampTime?.rfc3339.map { "timestamp \($0)" },
    ]
    return parts.compactMap(\.self).joined(separator: "; ")
  }

  private static func text(_ trace: ResultTrace) -> String {
    let parts: [String?] = [
      "\(trace.kind) \(trace.place)", trace.product, trace.version, trace.folder, trace.program,
      trace.isActive == true ? "active" : nil, trace.written?.rfc3339,
    ]
    return parts.compactMap(\.self).joined(separator: "; ")
  }

  private static func text(_ content: ResultContent) -> String {
    let parts: [String?] = [
      "resource \(content.resource)", "\(content.size) bytes", content.product, content.version,
      content.isProven ? "proven by its code signature" : nil,
      content.sha256.map { "SHA-256 \($0)" },
    ]
    return parts.compactMap(\.self).joined(separator: "; ")
  }
}
