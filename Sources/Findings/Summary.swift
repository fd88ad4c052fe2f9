public import Bytes
public import Evidence

/// How a scan ended: the account, and what a chain of custody needs.
public struct Summary: Hashable, Sendable {
  /// The account of the items.
  public var ledger: Ledger
  /// Findings by confidence; those of rules that state none under nil.
  public var findings: [Confidence?: Int]
  /// Places that were not entered because they are not evidence, with the kind.
  public var notEntered: [NotEntered]
  /// The accounts of the disk images.
  public var media: [MediumAccount]
  /// Whether the scan was stopped before its end.
  public var wasInterrupted: Bool
  /// Wall time in seconds.
  public var seconds: Double
  /// Who scanned what, with what, when.
  public var custody: Custody

  /// A summary of these parts.
  public init(
    ledger: Ledger, findings: [Confidence?: Int], notEntered: [NotEntered],
    media: [MediumAccount] = [],
    wasInterrupted: Bool, seconds: Double, custody: Custody
  ) {
    self.ledger = ledger
    self.findings = findings
    self.notEntered = notEntered
    self.media = media
    self.wasInterrupted = wasInterrupted
    self.seconds = seconds
    self.custody = custody
  }

  /// Whether every item was read to the end.
  public var isComplete: Bool { ledger.isComplete && !wasInterrupted }

  /// Whether any finding is at least this sure. A rule that states no confidence counts.
  public func hasFinding(atLeast confidence: Confidence) -> Bool {
    findings.contains { stated, count in count > 0 && (stated.map { $0 >= confidence } ?? true) }
  }
}

/// A directory that was not entered.
public struct NotEntered: Hashable, Sendable {
  /// Its path.
  public let path: RawPath
  /// Why it is not evidence.
  public let kind: IgnoredKind

  /// A place and the reason.
  public init(path: RawPath, kind: IgnoredKind) {
    self.path = path
    self.kind = kind
  }
}

/// The custody block: what a court or an auditor asks of a scan.
public struct Custody: Hashable, Sendable {
  /// The version of this tool.
  public var tool: String
  /// The libraries that decide an answer, with their versions.
  public var libraries: [String: String]
  /// The rule sets: a name, and the SHA-256 of their text in hexadecimal.
  public var ruleSets: [RuleSetRecord]
  /// The command as it was given, program name first.
  public var commandLine: [String]
  /// The name of the machine that scanned.
  public var host: String
  /// When the scan began.
  public var start: Timestamp
  /// When it ended.
  public var end: Timestamp
  /// What it was pointed at.
  public var evidence: [EvidenceDescription]

  /// A custody block of these parts.
  public init(
    tool: String, libraries: [String: String], ruleSets: [RuleSetRecord], commandLine: [String],
    host: String, start: Timestamp, end: Timestamp, evidence: [EvidenceDescription]
  ) {
    self.tool = tool
    self.libraries = libraries
    self.ruleSets = ruleSets
    self.commandLine = commandLine
    self.host = host
    self.start = start
    self.end = end
    self.evidence = evidence
  }
}

/// A rule set as the custody block names it.
public struct RuleSetRecord: Hashable, Sendable {
  /// Where the rules came from.
  public let name: String
  /// SHA-256 of the rule text or compiled file, in hexadecimal.
  public let sha256: String

  /// A record of these parts.
  public init(name: String, sha256: String) {
    self.name = name
    self.sha256 = sha256
  }
}
