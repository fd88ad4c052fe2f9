import ArgumentParser
import Bytes
import Catalogue
import Profiles
import Reports
import Results
import Units

struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Joins the results of many machines into one file.",
    discussion: """
      Each scan appears once, however often and under whatever name it is given. Machines and records have a \
      fixed order: the same scans always give the same file. Each record states its machine and scan. \
      Prints the products and the number of endpoints with each.

      Results of trawl run are joined into those of the scan that the plan divides, as one machine would have \
      written them.

      Exit status: 0 all results are complete; 2 results that cannot be read, or an output that cannot be \
      written; 3 some results are incomplete, or units have none.
      """)

  @OptionGroup var input: ResultOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The file to write; it appears when it is complete.", valueName: "file"),
    completion: .file(), transform: RawArgument.path)
  var output: RawPath

  @Flag(
    help: "Name each machine after its file, without the extension, instead of its host name.")
  var namesByFile = false

  @OptionGroup(title: "Terminal") var look: TerminalOptions

  func run() throws {
    BrokenPipe.ignoreSignal()
    let terminal = look.terminal()
    let isComplete: Bool
    do {
      isComplete = try merge(terminal)
    } catch is BrokenPipe {
      throw ExitCode(BrokenPipe.exitStatus)
    } catch {
      throw Failure.end(saying: error)
    }
    throw ExitCode(isComplete ? 0 : 3)
  }

  /// Returns whether everything was scanned.
  private func merge(_ terminal: Terminal) throws -> Bool {
    // In order of their names, so that the order of the arguments changes nothing.
    let files = try ResultFiles.files(at: input.results).sorted {
      ($0.lastComponent, $0) < ($1.lastComponent, $1)
    }
    let first = try files.first.flatMap { try UnitResult($0) }
    let destination = try OutputFile(output)
    if first != nil { return try UnitsMerge(files, namesByFile).write(to: destination, terminal) }
    let file = ReportFile(destination)
    var merge = FleetMerge(namesByFile: namesByFile)
    for path in files { try merge.add(ResultOptions.source(at: path)) }
    var deployments = DeploymentCounter()
    try merge.drain { line in
      try file.write(String(decoding: line, as: UTF8.self) + "\n")
      deployments.add(ResultEntry(line: line, number: 0))
    }
    try file.flush()
    try destination.finish()
    let counts = merge.counts
    try StandardOutput().write(DeploymentTable.text(of: deployments.all))
    terminal.message(
      "\(counts.sources) files: \(counts.scans) scans, \(counts.duplicates) of them duplicates,"
        + " \(counts.incomplete) incomplete; \(counts.findings) findings")
    if counts.defects > 0 {
      terminal.message("\(counts.defects) lines cannot be read; their scans are incomplete")
    }
    return counts.incomplete == 0
  }
}
