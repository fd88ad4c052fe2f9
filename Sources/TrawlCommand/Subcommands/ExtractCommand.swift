import ArgumentParser
import Bytes
import Cases
import Evidence
import Findings
import Images
import Locks

struct ExtractCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "extract",
    abstract: "Copies the found items of a case out of its evidence, with hashes and a manifest.",
    discussion: """
      The files get new names in a new or empty folder: a number, and the last component of the \
      path in safe characters. manifest.jsonl gives the origin of each; SHA256SUMS is for sha256sum -c.

      Exit status: 0 every item was copied and has the hash of its finding; 2 the case or the folder \
      cannot be used; 3 an item could not be copied, or differs.
      """)

  @Argument(help: "The case.", completion: .file(), transform: RawArgument.path)
  var file: RawPath

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Folder for the copies.", valueName: "folder"),
    completion: .directory, transform: RawArgument.path)
  var output: RawPath

  @Flag(help: "Also copy files of a quarantine, which hold the malware that was put there.")
  var includeQuarantine = false

  func run() throws {
    FaultGuard.install()
    let status = try Failure.catching {
      let reader = try CaseReader(file)
      let found = CollectedFindings()
      try reader.replay(to: found)
      let evidence = try reader.evidence()
      let folder = try ExtractionFolder(output, outside: evidence.map(\.place))
      let extraction = Extraction(folder: folder, includesQuarantine: includeQuarantine)
      try extraction.extract(found.all, from: evidence)
      try extraction.finish()
      try StandardOutput().write(extraction.summary + "\n")
      return extraction.isComplete ? 0 : 3
    }
    throw ExitCode(Int32(status))
  }
}

/// Keeps the findings of a case, one for each content: further paths of one lead to the same bytes.
private final class CollectedFindings: RecordSink {
  private let state = Locked<(findings: [Finding], seen: Set<String>)>(([], []))

  func receive(_ record: Record) {
    guard case .finding(let finding) = record else { return }
    state.withLock { state in
      guard state.seen.insert(finding.itemID).inserted else { return }
      state.findings.append(finding)
    }
  }

  var all: [Finding] { state.withLock { $0.findings } }
}
