import Bytes
import Engine
import Evidence
import Files
import Glibc
import Images
import Sieve
import Targets
import Units
import Yara

/// Options of a scan that is divided into units, as a command line or a plan states them.
struct PlannedScan {
  var evidence: EvidenceOptions
  var signatures: SignatureOptions
  var engine: EngineOptions

  init(_ evidence: EvidenceOptions, _ signatures: SignatureOptions, _ engine: EngineOptions) {
    self.evidence = evidence
    self.signatures = signatures
    self.engine = engine
  }

  /// Options as a plan keeps them.
  var options: [String: [RawPath]] {
    func flag(_ value: Bool) -> [RawPath] { value ? ["true"] : [] }
    func texts(_ values: [String]) -> [RawPath] { values.map { RawPath($0) } }
    let all = [
      "target": evidence.targets, "exclude": evidence.exclude, "include": evidence.include,
      "one-file-system": flag(evidence.oneFileSystem),
      "follow-symlinks": flag(evidence.followSymlinks), "as": [RawPath(evidence.kind.rawValue)],
      "volume-timeout": [RawPath("\(evidence.volumeTimeout)")], "verify": flag(evidence.verify),
      "unallocated": [RawPath(evidence.unallocated.rawValue)],
      "archives": [RawPath(evidence.archives.rawValue)],
      "open-images": evidence.openImages.map { [RawPath("\($0)")] } ?? [],
      "signatures": texts(signatures.signatures),
      "define": texts(signatures.define.map(\.argument)),
      "trust-anchor": texts(signatures.trustAnchor),
      "max-size": engine.maxSize.map { [RawPath("\($0.count)")] } ?? [],
      "timeout": [RawPath("\(engine.timeout)")], "memory": [RawPath("\(engine.memory.count)")],
      "no-sieve": flag(engine.noSieve),
    ]
    return all.filter { !$0.value.isEmpty }
  }

  /// The options of a plan; nil if one of them is unknown or has no meaning.
  init?(_ options: [String: [RawPath]], jobs: Int, noCache: Bool) {
    func text(_ key: String) -> String { options[key]?.first?.utf8 ?? "" }
    func texts(_ key: String) -> [String] { (options[key] ?? []).compactMap(\.utf8) }
    func flag(_ key: String) -> Bool { options[key] != nil }
    let define = texts("define").compactMap { ExternalVariable(argument: $0) }
    guard let kind = TargetKind(rawValue: text("as")),
      let volumeTimeout = Int(text("volume-timeout")),
      let unallocated = UnallocatedSpace(rawValue: text("unallocated")),
      let archives = OpenedArchives(rawValue: text("archives")),
      let timeout = Int(text("timeout")), let memory = UInt64(text("memory")),
      let targets = options["target"], define.count == options["define"]?.count ?? 0
    else { return nil }
    evidence = EvidenceOptions()
    evidence.targets = targets
    evidence.exclude = options["exclude"] ?? []
    evidence.include = options["include"] ?? []
    evidence.oneFileSystem = flag("one-file-system")
    evidence.followSymlinks = flag("follow-symlinks")
    evidence.kind = kind
    evidence.volumeTimeout = volumeTimeout
    evidence.verify = flag("verify")
    evidence.unallocated = unallocated
    evidence.archives = archives
    evidence.openImages = Bool(text("open-images"))
    signatures = SignatureOptions()
    signatures.signatures = texts("signatures")
    signatures.define = define
    signatures.trustAnchor = texts("trust-anchor")
    engine = EngineOptions()
    engine.jobs = jobs
    engine.maxSize = UInt64(text("max-size")).map { ByteCount(count: $0) }
    engine.timeout = timeout
    engine.memory = ByteCount(count: memory)
    engine.noSieve = flag("no-sieve")
    engine.noCache = noCache
    engine.verifySieve = nil
    guard (try? evidence.validate()) != nil, (try? engine.validate()) != nil,
      (try? signatures.validate()) != nil, self.options == options
    else { return nil }
  }

  /// The rules.
  func ruleSet() throws -> RuleSet {
    let cache = engine.noCache ? nil : EvidenceSafety.cache(outside: evidence.targets)
    return try signatures.ruleSet(cache: cache)
  }

  /// The sources of the targets.
  func sources(say: (String) -> Void) throws -> [any ItemSource] {
    var targets = evidence.selection(width: engine.jobs, timeout: engine.timeout)
    guard targets.setAsideUnanswered().isEmpty else {
      throw Failure("a file system of the targets does not answer")
    }
    for target in targets.paths {
      var status = stat()
      guard target.withCString({ stat($0, &status) }) == 0 else {
        throw Failure("\(target.shown): \(String(cString: strerror(errno)))")
      }
    }
    return targets.sources(say: say)
  }

  /// First line of the plan of this scan.
  func header(_ ruleSet: RuleSet, _ sources: [any ItemSource]) throws -> PlanHeader {
    var libraries = ["libyara": Library.version]
    if !engine.noSieve, ruleSet.withoutSieve == nil {
      libraries["hyperscan"] = Sieve.libraryVersion
    }
    return PlanHeader(
      tool: "trawl \(Version.current)", libraries: libraries, folder: FileSource.absolute("."),
      options: options,
      anchors: try signatures.trustAnchor.map { path in
        Hexadecimal.text(
          of: Digest.sha256(of: try RuleFiles.bytes(of: path, kind: "trust anchor")))
      },
      rules: ruleSet.records, evidence: sources.flatMap(\.evidence))
  }

  /// Enters the folder of a plan, if relative paths belong to it.
  func enter(_ folder: RawPath) throws {
    let paths =
      evidence.targets + (signatures.signatures + signatures.trustAnchor).map { RawPath($0) }
    guard paths.contains(where: { $0.bytes.first != UInt8(ascii: "/") }) else { return }
    guard folder.withCString({ chdir($0) }) == 0 else {
      throw Failure(
        "\(folder.shown): the plan's relative paths belong to this folder:"
          + " \(String(cString: strerror(errno))); make the plan with absolute paths")
    }
  }
}
