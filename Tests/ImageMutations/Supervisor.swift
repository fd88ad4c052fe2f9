import Foundation
import Locks

/// Hands mutations to workers, one per processor, and detects crashes and hangs.
final class Supervisor: Sendable {
  let originals: [Original]
  /// Arguments that make this program a worker.
  private let arguments: [String]
  /// Seconds that one mutation may take.
  private let bound: Int
  private let isLong: Bool
  private let state: Locked<State>

  struct State: Sendable {
    var jobs: [Job]
    var tallies: [Int: Tally] = [:]
    var faults: [String] = []
  }

  /// Some mutations of one image.
  struct Job: Sendable {
    let image: Int
    var numbers: Range<Int>
  }

  /// Limit of faults reported; more would be repetitive.
  private static let mostFaults = 50

  init(_ originals: [Original], _ numbers: Range<Int>, bound: Int, arguments: [String]) {
    self.originals = originals
    self.arguments = arguments
    self.bound = bound
    isLong = numbers.count > 125
    // Split long runs, so that every image has its turn early, and no worker is left alone with one
    // at the end.
    let step = 125
    let jobs = stride(from: numbers.lowerBound, to: numbers.upperBound, by: step).flatMap { start in
      originals.indices.map { image in
        Job(image: image, numbers: start..<min(start + step, numbers.upperBound))
      }
    }
    state = Locked(State(jobs: jobs.reversed()))
  }

  /// Runs to the end; returns the tally of each image, and the faults.
  func run(workers count: Int) -> (tallies: [Int: Tally], faults: [String]) {
    DispatchQueue.concurrentPerform(iterations: count) { _ in
      var worker: WorkerProcess?
      while var job = next() {
        while !job.numbers.isEmpty {
          if worker == nil { worker = WorkerProcess(arguments) }
          guard let running = worker else { return note("a worker cannot be started", in: job) }
          if let rest = examine(job, with: running) {
            job.numbers = rest
            worker = nil
          } else {
            job.numbers = job.numbers.upperBound..<job.numbers.upperBound
          }
        }
      }
    }
    return state.withLock { ($0.tallies, $0.faults) }
  }

  private func next() -> Job? {
    state.withLock { $0.faults.count < Self.mostFaults ? $0.jobs.popLast() : nil }
  }

  /// Lets a worker examine the mutations of a job; returns the rest of it if the worker is lost.
  private func examine(_ job: Job, with worker: WorkerProcess) -> Range<Int>? {
    let original = originals[job.image]
    let (first, end) = (job.numbers.lowerBound, job.numbers.upperBound)
    func rest(behind current: Int) -> Range<Int> {
      // Only the number of its earlier mutations is known.
      var tally = Tally()
      tally.mutations = current + 1 - first
      state.withLock { $0.tallies[job.image, default: Tally()].add(tally) }
      return current + 1..<max(end, current + 1)
    }
    worker.send(([original.name, "\(first)", "\(end)"] + original.files).joined(separator: "\t"))
    // Before the first mutation, it may have to compile rules.
    var current = first
    while true {
      switch worker.line(within: bound) {
      case .line(let words):
        switch words[0] {
        case "at": current = words.count > 1 ? Int(words[1]) ?? current : current
        case "fault": note(words.dropFirst(2).joined(separator: " "), in: job, current)
        case "done":
          if let tally = Tally(Array(words.dropFirst())) {
            state.withLock { $0.tallies[job.image, default: Tally()].add(tally) }
            // A run of many hours that is stopped shows its results so far.
            if isLong { print("\(original.name), \(first)..<\(end): \(tally.words)") }
          }
          return nil
        default: note("a worker says \(words)", in: job, current)
        }
      case .end:
        note("the scan crashed: \(worker.end())", in: job, current)
        return rest(behind: current)
      case .silence:
        let threads = worker.threads
        worker.kill()
        note("the scan took longer than \(bound) s; its threads: \(threads)", in: job, current)
        return rest(behind: current)
      }
    }
  }

  private func note(_ words: String, in job: Job, _ number: Int? = nil) {
    let name = originals[job.image].name
    let number = number.map(String.init) ?? ""
    let line =
      "\(name), mutation \(number): \(words)\n    scripts/mutate-images '\(name)' \(number)"
    print(line)
    fflush(nil)
    state.withLock { $0.faults.append(line) }
  }
}
