import Bytes
import Catalogue
import Engine
import Foundation
import Profiles

/// The scanning process. It reads jobs from standard input and reports its progress on standard
/// output, so that the reader knows on which mutation it crashed or hung. A line consists of
/// words separated by tabs. Input: name of an image, first mutation, end, files. Output: `at
/// NUMBER`, `fault NUMBER TEXT`, and `done` with a ``Tally``.
struct Worker {
  let pretence: Pretence?
  /// Folder of the image copies.
  let room: String

  func run() throws {
    // As the command does.
    FaultGuard.install()
    let rules = try RuleSet(.kaspersky)
    var patient: Patient?
    while let line = readLine() {
      let words = line.split(separator: "\t").map(String.init)
      guard words.count > 3, let first = Int(words[1]), let end = Int(words[2]) else { return }
      if patient?.name != words[0] {
        patient = nil
        patient = try Patient(words[0], files: Array(words[3...]), in: room)
      }
      guard let patient else { return }
      var tally = Tally()
      for number in first..<end {
        say("at\t\(number)")
        tally.add(try mutate(patient, number, rules))
      }
      say("done\t\(tally.line)")
    }
  }

  private func mutate(_ patient: Patient, _ number: Int, _ rules: RuleSet) throws -> Tally {
    let clock = ContinuousClock.now
    patient.damage(number)
    defer { patient.restore() }
    pretence?.act(at: number)
    let before = Self.openFiles
    let examination = Examination(
      patient, rules, pretendsMiscount: number == Pretence.number && pretence == .miscount)
    // Finished threads may still have to release their descriptors.
    for _ in 0..<200 where Self.openFiles.count > before.count { usleep(10_000) }
    let kept = Self.openFiles.count > before.count ? Self.openFiles.subtracting(before) : []
    for fault in examination.faults + kept.sorted().map({ "open since: \($0)" }) {
      say("fault\t\(number)\t\(fault.split(whereSeparator: \.isNewline).joined(separator: " "))")
    }
    var tally = Tally()
    tally.mutations = 1
    tally.opened = examination.isOpened ? 1 : 0
    tally.items = examination.items
    tally.problems = examination.problems
    tally.milliseconds = Int((ContinuousClock.now - clock) / .milliseconds(1))
    tally.longest = tally.milliseconds
    return tally
  }

  /// Open files of this process, with their descriptors.
  private static var openFiles: Set<String> {
    let folder = "/proc/self/fd/"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return Set(
      names.compactMap { name in
        let file = try? FileManager.default.destinationOfSymbolicLink(atPath: folder + name)
        // Dispatch keeps descriptors for events and timers.
        return file.flatMap {
          $0.hasPrefix("/") || $0.hasPrefix("pipe:") ? "\(name) \($0)" : nil
        }
      })
  }

  private func say(_ line: String) {
    print(line)
    fflush(nil)
  }
}

/// Counts of mutations and their outcomes: a run in which nothing opens proves nothing.
struct Tally {
  var mutations = 0
  var opened = 0
  var items = 0
  var problems = 0
  var milliseconds = 0
  var longest = 0

  mutating func add(_ other: Tally) {
    mutations += other.mutations
    opened += other.opened
    items += other.items
    problems += other.problems
    milliseconds += other.milliseconds
    longest = max(longest, other.longest)
  }

  /// Counts in their pipe format.
  var line: String {
    [mutations, opened, items, problems, milliseconds, longest].map(String.init).joined(
      separator: "\t")
  }

  /// Counts as text.
  var words: String {
    "\(mutations) mutations, \(opened) opened, \(items) items, \(problems) problems, "
      + "\(milliseconds / max(1, mutations)) ms each, longest \(longest) ms"
  }

  init() {}

  init?(_ words: [String]) {
    let numbers = words.compactMap(Int.init)
    guard numbers.count == 6 else { return nil }
    (mutations, opened, items) = (numbers[0], numbers[1], numbers[2])
    (problems, milliseconds, longest) = (numbers[3], numbers[4], numbers[5])
  }
}

/// Deliberate faults of a worker, to prove that they are noticed.
enum Pretence: String {
  case crash, hang, miscount

  static let number = 1

  func act(at number: Int) {
    guard number == Self.number else { return }
    switch self {
    case .crash: abort()
    case .hang: sleep(1000)
    case .miscount: break
    }
  }
}
