import ArgumentParser
import Bytes
import Evidence
import Files
import Images
import Reports
import Units

struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Divides a scan into units for many machines.",
    discussion: """
      Writes JSON Lines: first the scan, with its options and the digests of its rules, then one unit a line, \
      with its estimated cost: each disk image, and slices of the files. Nothing is scanned. The same evidence and \
      options give the same plan. trawl run does a unit, trawl merge joins the results.

      Exit status: 0 the plan is written; 2 bad rules, missing target, failed output.
      """)

  @OptionGroup(title: "Evidence") var evidence: EvidenceOptions
  @OptionGroup(title: "Signatures") var signatures: SignatureOptions
  @OptionGroup(title: "Engine") var engine: EngineOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The plan to write; it appears when it is complete.", valueName: "plan"),
    completion: .file(), transform: RawArgument.path)
  var output: RawPath

  @Option(
    help: ArgumentHelp(
      "Begin a new slice of files after this many bytes.", valueName: "size"))
  var unitSize = ByteCount(count: SlicePlan.Limits().bytes)

  @Option(
    help: ArgumentHelp("Begin a new slice of files after this many files.", valueName: "count"))
  var unitItems = SlicePlan.Limits().items

  @OptionGroup(title: "Terminal") var look: TerminalOptions

  func validate() throws {
    guard unitItems > 0, unitSize.count > 0 else {
      throw ValidationError("--unit-size and --unit-items must be greater than 0.")
    }
    guard engine.verifySieve == nil else {
      throw ValidationError("--verify-sieve is an option of trawl scan.")
    }
  }

  func run() throws {
    try Failure.catching {
      let terminal = look.terminal()
      try EvidenceSafety.check(output, isOutside: evidence.targets)
      let scan = PlannedScan(evidence, signatures, engine)
      let sources = try scan.sources(say: terminal.message)
      let header = try scan.header(scan.ruleSet(), sources)
      let plan = try WorkPlan(header, try units(of: sources))
      let file = try OutputFile(output)
      let report = ReportFile(file)
      try plan.write { try report.write($0) }
      try report.flush()
      try file.finish()
      terminal.message(
        "\(plan.units.count) units, \(plan.header.bytes) bytes on disks,"
          + " \(plan.header.items) files outside of images")
    }
  }

  /// A unit for each image, and for each slice of the files in place of the first of their sources.
  private func units(of sources: [any ItemSource]) throws -> [WorkUnit] {
    var rank = 0
    var ranks = [Range<Int>]()
    for source in sources {
      ranks.append(rank..<(rank + source.evidence.count))
      rank = ranks[ranks.count - 1].upperBound
    }
    let isImage = sources.map { $0 is ImageSource }
    var units = [WorkUnit]()
    var hasFiles = false
    for (index, source) in sources.enumerated() {
      if isImage[index] {
        units.append(try unit(of: source, rank: ranks[index].lowerBound))
      } else if !hasFiles {
        hasFiles = true
        let live = sources.indices.filter { !isImage[$0] }
        let list = try FileList(
          live.map { sources[$0] }, followsLinks: evidence.followSymlinks)
        var limits = SlicePlan.Limits()
        limits.bytes = unitSize.count
        limits.items = unitItems
        let slices = try SlicePlan(list, limits: limits, followsLinks: evidence.followSymlinks)
        units += slices.units(ranks: live.flatMap { Array(ranks[$0]) })
      }
    }
    guard units.count <= WorkPlan.mostUnits else {
      throw Failure("\(units.count) units are too many: raise --unit-size and --unit-items")
    }
    return units
  }

  private func unit(of image: any ItemSource, rank: Int) throws -> WorkUnit {
    guard let description = image.evidence.first else { throw Failure("an image without a name") }
    let files = ImageSource.files(of: description.name)
    let onDisk = EvidenceCheck.bytesOnDisk(files)
    // A block device has no blocks of its own.
    var unit = WorkUnit(.image, ranks: [rank], bytes: onDisk > 0 ? onDisk : description.size ?? 0)
    unit.evidence = description.name
    unit.files = EvidenceCheck.files(files)
    unit.medium = description.size
    return unit
  }
}
