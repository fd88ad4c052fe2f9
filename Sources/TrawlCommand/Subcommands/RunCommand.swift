import ArgumentParser
import Bytes
import Engine
import Evidence
import Files
import Glibc
import Images
import Reports
import Results
import Units
import Yara

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Scans units of a plan.",
    discussion: """
      Writes the result of each unit into the folder, under a name that follows from unit, options and rules. A \
      result appears when it is complete; a unit that has one is not scanned again. Without --unit, all units are \
      scanned in turn. Refuses another version of Trawl or of its libraries, other rules, and evidence that has \
      changed since the plan was made.

      Exit status: 0 the results exist, whatever was found; 2 a unit was refused, or a result cannot be written; 130 or \
      143 interrupted.
      """)

  @Argument(help: "The plan, made by trawl plan.", completion: .file(), transform: RawArgument.path)
  var plan: RawPath

  @Option(
    help: ArgumentHelp(
      "Number of a unit, from 0, or a range such as 3-9; repeatable.", valueName: "number"))
  var unit: [UnitRange] = []

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Folder for results; it is made.", valueName: "dir"),
    completion: .directory, transform: RawArgument.path)
  var output: RawPath

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Number of items to scan at the same time.", valueName: "count"))
  var jobs = ScanOptions().jobs

  @Flag(help: "Do not read or write compiled rules in ~/.cache/trawl.")
  var noCache = false

  @Flag(help: "Do not show the progress line on a terminal.")
  var noProgress = false

  @OptionGroup(title: "Terminal") var look: TerminalOptions

  func validate() throws {
    guard (1...1024).contains(jobs) else { throw ValidationError("--jobs must be 1 to 1024.") }
  }

  func run() throws {
    FaultGuard.install()
    let interruption = Interruption()
    let terminal = look.terminal(showsProgress: !noProgress)
    let failed = try Failure.catching { () throws -> Int in
      let plan = try WorkPlan(plan)
      guard
        let scan = PlannedScan(plan.header.options, jobs: jobs, noCache: noCache)
      else { throw ResultError(self.plan, "its options are not those of this version of trawl") }
      let folder = FileSource.absolute(output)
      let chosen = try chosen(of: plan)
      try scan.enter(plan.header.folder)
      try EvidenceSafety.check(
        folder.appending("result"), isOutside: scan.evidence.targets)
      guard folder.withCString({ mkdir($0, 0o777) }) == 0 || errno == EEXIST else {
        throw Failure("\(output.shown): \(String(cString: strerror(errno)))")
      }
      let missing = chosen.filter { !UnitScan.isDone(plan.units[$0], in: folder) }
      for number in chosen where !missing.contains(number) {
        terminal.message("unit \(number): has its result")
      }
      guard !missing.isEmpty else { return 0 }
      let units = try UnitScan(plan, scan, at: self.plan, to: folder, terminal, interruption)
      return try missing.count { !(try units.run($0)) }
    }
    if let status = interruption.exitStatus { throw ExitCode(status) }
    throw ExitCode(failed == 0 ? 0 : 2)
  }

  /// Numbers of the units to scan, in order.
  private func chosen(of plan: WorkPlan) throws -> [Int] {
    guard !unit.isEmpty else { return Array(plan.units.indices) }
    guard let last = unit.map(\.range.upperBound).max(), last < plan.units.count else {
      throw Failure("the plan has the units 0 to \(plan.units.count - 1)")
    }
    return Set(unit.flatMap { Array($0.range) }).sorted()
  }
}

/// A number, or a range such as `3-9`.
struct UnitRange: ExpressibleByArgument {
  let range: ClosedRange<Int>

  init?(argument: String) {
    let parts = argument.split(separator: "-", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Int($0) }
    guard (1...2).contains(parts.count), numbers.count == parts.count,
      let first = numbers.first, let last = numbers.last, first >= 0, first <= last,
      last < WorkPlan.mostUnits
    else { return nil }
    range = first...last
  }
}
