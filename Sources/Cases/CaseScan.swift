public import Bytes
public import Evidence
public import Findings

/// A scan as a case records it: evidence, rules and options. A scan that resumes the case must be the same.
public struct CaseScan: Sendable {
  /// Evidence of the scan, in order.
  public var evidence: [CaseEvidence]
  /// Options that results depend on, by name.
  public var settings: [(name: String, value: String)]
  /// Rule files, with their hashes.
  public var ruleSets: [RuleSetRecord]
  /// Version of the tool.
  public var tool: String
  /// Versions of the libraries that determine answers.
  public var libraries: [String: String]
  /// Command line as given.
  public var commandLine: [String]
  /// Name of the scanning machine.
  public var host: String
  /// Name of the user.
  public var user: String
  /// Current folder, to which relative names belong.
  public var folder: RawPath

  /// Creates a description from its parts.
  public init(
    evidence: [CaseEvidence], settings: [(name: String, value: String)],
    ruleSets: [RuleSetRecord], tool: String, libraries: [String: String], commandLine: [String],
    host: String, user: String, folder: RawPath
  ) {
    self.evidence = evidence
    self.settings = settings
    self.ruleSets = ruleSets
    self.tool = tool
    self.libraries = libraries
    self.commandLine = commandLine
    self.host = host
    self.user = user
    self.folder = folder
  }
}

/// Evidence of a case, and the state by which a change is noticed.
public struct CaseEvidence: Sendable {
  /// Name, kind and size.
  public var description: EvidenceDescription
  /// Absolute path.
  public var place: RawPath
  /// Device and inode number of a folder; nil for other evidence.
  public var identity: (device: UInt64, inode: UInt64)?
  /// Files that hold the evidence; empty for a folder.
  public var files: [EvidenceFile]

  /// Creates evidence from its parts.
  public init(
    _ description: EvidenceDescription, place: RawPath,
    identity: (device: UInt64, inode: UInt64)? = nil, files: [EvidenceFile] = []
  ) {
    self.description = description
    self.place = place
    self.identity = identity
    self.files = files
  }
}

/// A file that holds evidence: an image, or a part of one.
public struct EvidenceFile: Hashable, Sendable {
  /// Absolute path.
  public let path: RawPath
  /// Size and times.
  public let state: ContentState

  /// Creates a file from its parts.
  public init(path: RawPath, state: ContentState) {
    self.path = path
    self.state = state
  }
}

/// Treatment of a case file.
public struct CaseOptions: Sendable {
  /// Whether an existing case is removed first.
  public var restarts = false
  /// Longest time between two batches, and the most work that a crash loses.
  public var interval = Duration.seconds(1)
  /// Time to wait for space on a full file system.
  public var waitForSpace = Duration.zero
  /// Receiver of messages to the user.
  public var say: @Sendable (String) -> Void = { _ in }

  /// Creates the defaults.
  public init() {}
}
