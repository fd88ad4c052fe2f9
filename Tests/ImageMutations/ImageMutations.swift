import Archives
import Bytes
import Catalogue
import Engine
import Foundation
import Images
import Profiles

/// Damages every small image, container and archive, scans it like `trawl scan`, and compares the account of
/// the scan with the items pushed:
///
///   ImageMutations COUNT [--only TEXT] [--bound SECONDS]   so many mutations of each image (whose name has TEXT)
///   ImageMutations NAME NUMBER [--keep FOLDER]             one mutation, in this process; or the damaged files, to look at
///
/// Status 1 and a line for each crash, hang and account that does not add up.
@main struct ImageMutations {
  static func main() throws {
    // This program is the helper that parses images and archives, too.
    ImageHelper.runIfRequested()
    ArchiveHelper.runIfRequested()
    var arguments = Array(CommandLine.arguments.dropFirst())
    let pretence = option("--pretend", in: &arguments)
    let bound = option("--bound", in: &arguments).flatMap(Int.init) ?? 60
    let only = option("--only", in: &arguments)
    let folder = option("--keep", in: &arguments)
    if arguments.count == 2, arguments[0] == "worker" {
      let pretence = pretence.flatMap(Pretence.init)
      return try Worker(pretence: pretence, room: arguments[1]).run()
    }
    if arguments.count == 2, let number = Int(arguments[1]) {
      exit(try one(arguments[0], number, keepingIn: folder))
    }
    guard arguments.count == 1, let count = Int(arguments[0]), count > 0 else {
      print("usage: ImageMutations COUNT [--only TEXT] | NAME NUMBER [--keep FOLDER]")
      exit(64)
    }
    let corpus = try Corpus()
    let originals = corpus.originals.filter { only.map($0.name.contains) ?? true }
    let room = try Patient.makeRoom()
    let supervisor = Supervisor(
      originals, 0..<count, bound: bound,
      arguments: ["worker", room] + (pretence.map { ["--pretend", $0] } ?? []))
    let start = ContinuousClock.now
    let workers = ProcessInfo.processInfo.activeProcessorCount
    let (tallies, faults) = supervisor.run(workers: workers)
    try? FileManager.default.removeItem(atPath: room)
    print(report(originals, tallies, faults.count, ContinuousClock.now - start))
    let isWhole = originals.indices.allSatisfy { tallies[$0]?.mutations == count }
    withExtendedLifetime(corpus) { exit(faults.isEmpty && isWhole && !originals.isEmpty ? 0 : 1) }
  }

  private static func option(_ name: String, in arguments: inout [String]) -> String? {
    guard let index = arguments.firstIndex(of: name), index + 1 < arguments.count else {
      return nil
    }
    defer { arguments.removeSubrange(index...index + 1) }
    return arguments[index + 1]
  }

  /// Runs one mutation in this process, for a debugger, or keeps its files to be scanned by the
  /// command.
  private static func one(_ name: String, _ number: Int, keepingIn folder: String?) throws -> Int32
  {
    let corpus = try Corpus()
    guard let original = corpus.originals.first(where: { $0.name == name }) else {
      print("there is no image \(name); these are:")
      for original in corpus.originals { print("  " + original.name) }
      return 64
    }
    let room = try Patient.makeRoom()
    defer { try? FileManager.default.removeItem(atPath: room) }
    let patient = try Patient(name, files: original.files, in: room)
    patient.damage(number)
    if let folder {
      try patient.keep(in: folder)
      print("the damaged image is \(folder)/\((patient.image.shown as NSString).lastPathComponent)")
      return 0
    }
    let examination = Examination(patient, try RuleSet(.kaspersky))
    for fault in examination.faults { print(fault) }
    print("\(examination.items) items, \(examination.problems) problems")
    return examination.faults.isEmpty ? 0 : 1
  }

  private static func report(
    _ originals: [Original], _ tallies: [Int: Tally], _ faults: Int, _ duration: Duration
  ) -> String {
    var total = Tally()
    var lines = [String]()
    for (index, tally) in tallies.sorted(by: { $0.value.milliseconds > $1.value.milliseconds }) {
      total.add(tally)
      lines.append("  \(originals[index].name): \(tally.words)")
    }
    lines.append(
      "\(originals.count) images, \(total.mutations) mutations, \(total.opened) opened, "
        + "\(total.items) items, \(total.problems) problems, \(faults) faults, "
        + "longest \(total.longest) ms, \(duration.components.seconds) s")
    return lines.joined(separator: "\n")
  }
}
