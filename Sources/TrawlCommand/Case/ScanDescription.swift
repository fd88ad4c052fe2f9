import Bytes
import Cases
import Engine
import Evidence
import Files
import Findings
import Glibc
import Images
import Sieve
import Yara

extension CaseScan {
  /// The scan of a command line: a change of anything in it changes results.
  init(
    _ sources: [any ItemSource], _ ruleSet: RuleSet, _ evidence: EvidenceOptions,
    _ signatures: SignatureOptions, _ engine: EngineOptions
  ) throws {
    func list(_ paths: [RawPath]) -> String { paths.map(\.shown).joined(separator: " ") }
    let anchors = try signatures.trustAnchor.map { path in
      Hexadecimal.text(of: Digest.sha256(of: try RuleFiles.bytes(of: path, kind: "trust anchor")))
    }
    var libraries = ["libyara": Library.version]
    if !engine.noSieve, ruleSet.withoutSieve == nil {
      libraries["hyperscan"] = Sieve.libraryVersion
    }
    self.init(
      evidence: sources.flatMap { source in source.evidence.map { CaseEvidence(stating: $0) } },
      settings: [
        ("tool", "trawl \(Version.current)"),
        (
          "libraries",
          libraries.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(
            separator: ", ")
        ),
        ("--as", evidence.kind.rawValue), ("--exclude", list(evidence.exclude)),
        ("--include", list(evidence.include)), ("--one-file-system", "\(evidence.oneFileSystem)"),
        ("--follow-symlinks", "\(evidence.followSymlinks)"), ("--verify", "\(evidence.verify)"),
        ("--unallocated", evidence.unallocated.rawValue),
        ("--archives", evidence.archives.rawValue),
        ("--open-images", evidence.openImages.map { "\($0)" } ?? "inside images"),
        ("--max-size", engine.maxSize.map { "\($0.count)" } ?? "none"),
        ("--timeout", "\(engine.timeout)"), ("--memory", "\(engine.memory.count)"),
        ("--no-sieve", "\(engine.noSieve)"),
        ("--verify-sieve", engine.verifySieve.map { "\($0.value)%" } ?? "none"),
        ("--define", signatures.define.map { "\($0.name)=\($0.value)" }.joined(separator: " ")),
        ("--trust-anchor", anchors.joined(separator: " ")),
      ],
      ruleSets: ruleSet.records, tool: Version.current, libraries: libraries,
      commandLine: CommandLine.arguments, host: Host.name, user: User.name,
      folder: FileSource.absolute("."))
  }
}

extension CaseEvidence {
  /// Evidence with its current state.
  fileprivate init(stating description: EvidenceDescription) {
    let place = FileSource.absolute(description.name)
    let names: [RawPath] =
      switch description.kind {
      case .image: ImageSource.files(of: description.name)
      case .file: [description.name]
      default: []
      }
    var identity: (device: UInt64, inode: UInt64)?
    var status = stat()
    if description.kind == .directory, place.withCString({ stat($0, &status) }) == 0 {
      identity = (UInt64(status.st_dev), UInt64(status.st_ino))
    }
    self.init(
      description, place: place, identity: identity,
      files: names.compactMap { name in
        var status = stat()
        let path = FileSource.absolute(name)
        // A device has the times of its node, not of its content.
        guard path.withCString({ stat($0, &status) }) == 0, status.st_mode & S_IFMT == S_IFREG
        else { return nil }
        return EvidenceFile(path: path, state: ContentState(status))
      })
  }
}

/// The user who runs this process.
private enum User {
  static var name: String {
    guard let entry = getpwuid(getuid()), let name = entry.pointee.pw_name else {
      return String(getuid())
    }
    return String(cString: name)
  }
}
