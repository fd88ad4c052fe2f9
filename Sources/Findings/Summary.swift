public import Bytes
public import Evidence

/// Result of a scan: the account, and the data for a chain of custody.
public struct Summary: Hashable, Sendable, Codable {
  /// The account of the items.
  public var ledger: Ledger
  /// Numbers of findings by confidence; under nil those of rules that state none.
  public var findings: [Confidence?: Int]
  /// Directories that were not entered because they are not evidence, with the kind.
  public var notEntered: [NotEntered]
  /// The accounts of the disk images.
  public var media: [MediumAccount]
  /// Whether the scan was stopped before its end.
  public var wasInterrupted: Bool
  /// Wall time in seconds.
  public var seconds: Double
  /// Custody data: who scanned which evidence with which tool, and when.
  public var custody: Custody

  /// Creates a summary from its parts.
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

  /// Whether any finding has at least this confidence. A rule without a stated confidence counts.
  public func hasFinding(atLeast confidence: Confidence) -> Bool {
    findings.contains { stated, count in count > 0 && (stated.map { $0 >= confidence } ?? true) }
  }
}

/// A directory that was not entered.
public struct NotEntered: Hashable, Sendable, Codable {
  /// Its path.
  public let path: RawPath
  /// Reason why it is not evidence.
  public let kind: IgnoredKind

  /// Creates a place with its reason.
  public init(path: RawPath, kind: IgnoredKind) {
    self.path = path
    self.kind = kind
  }
}

/// Custody block: facts about a scan for courts and auditors.
public struct Custody: Hashable, Sendable, Codable {
  /// The version of this tool.
  public var tool: String
  /// Versions of the libraries that determine answers.
  public var libraries: [String: String]
  /// Rule sets: name, and SHA-256 of the text in hexadecimal.
  public var ruleSets: [RuleSetRecord]
  /// Command line as given, program name first.
  public var commandLine: [String]
  /// Name of the scanning machine.
  public var host: String
  /// Start of the scan.
  public var start: Timestamp
  /// End of the scan.
  public var end: Timestamp
  /// Evidence that the scan was started on.
  public var evidence: [EvidenceDescription]
  /// Reason why libyara scanned every item completely; nil if the sieve excluded items.
  public var withoutSieve: String?
  /// Case that holds the results; nil without one.
  public var caseFile: CaseReference?

  /// Creates a custody block from its parts.
  public init(
    tool: String, libraries: [String: String], ruleSets: [RuleSetRecord], commandLine: [String],
    host: String, start: Timestamp, end: Timestamp, evidence: [EvidenceDescription],
    withoutSieve: String? = nil
  ) {
    self.tool = tool
    self.libraries = libraries
    self.ruleSets = ruleSets
    self.commandLine = commandLine
    self.host = host
    self.start = start
    self.end = end
    self.evidence = evidence
    self.withoutSieve = withoutSieve
  }
}

/// A case in the custody block.
public struct CaseReference: Hashable, Sendable, Codable {
  /// Path of the case as named by the user.
  public let file: RawPath
  /// Hash of its last batch, in hexadecimal: kept elsewhere, it proves that the case was not modified.
  public let head: String

  /// Creates a reference from its parts.
  public init(file: RawPath, head: String) {
    self.file = file
    self.head = head
  }
}

/// A rule set in the custody block.
public struct RuleSetRecord: Hashable, Sendable, Codable {
  /// Origin of the rules.
  public let name: String
  /// SHA-256 of the rule text or compiled file, in hexadecimal.
  public let sha256: String

  /// Creates a record from its parts.
  public init(name: String, sha256: String) {
    self.name = name
    self.sha256 = sha256
  }
}
