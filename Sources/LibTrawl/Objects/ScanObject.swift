import Bytes
import CTrawl
import Dispatch
import Engine
import Evidence
import Files
import Findings
import Images
import Locks
import Targets

/// A scan of several targets, on threads of its own.
final class ScanObject: Sendable {
  private let engine: EngineObject
  private let options: HostOptions

  /// Targets that were added, in order.
  private enum Part {
    case paths(Targets)
    case source(any ItemSource)
  }

  private struct State {
    var parts: [Part] = []
    var isCancelled = false
    var hasRun = false
    var scan: Scan?
    /// Progress of a scan that has ended.
    var last: Scan.Progress?
    var progress: ProgressCall?
  }
  private let state = Locked(State())

  init(_ engine: EngineObject, _ options: HostOptions) {
    self.engine = engine
    self.options = options
  }

  // MARK: Targets

  /// Adds a target by its path.
  func add(_ path: RawPath, as kind: Targets.Kind) throws(Failure) {
    var targets = options.targets
    targets.paths = [path]
    targets.kind = kind
    // An image that is recognised later, without a helper, is a problem of its volumes.
    if let helper = HelperProgram.command(options.helper) {
      targets.images.helper = helper
    } else if targets.hasImage {
      throw .noHelper
    }
    try add { parts in
      if case .paths(var last)? = parts.last, last.kind == kind {
        last.paths += targets.paths
        parts[parts.count - 1] = .paths(last)
      } else {
        parts.append(.paths(targets))
      }
    }
  }

  /// Adds any other source.
  func add(_ source: any ItemSource) throws(Failure) {
    try add { $0.append(.source(source)) }
  }

  /// Adds a disk whose bytes the host provides.
  func add(_ medium: HostMedium, named name: RawPath) throws(Failure) {
    guard let helper = HelperProgram.command(options.helper) else { throw .noHelper }
    var images = options.targets.images
    images.filter = options.targets.files.filter
    images.helper = helper
    try add(ImageSource(medium, named: name, options: images))
  }

  private func add(_ change: (inout [Part]) -> Void) throws(Failure) {
    try state.withLock { state throws(Failure) in
      guard !state.hasRun else { throw .alreadyRun }
      change(&state.parts)
    }
  }

  /// Has the progress passed to the host.
  func set(_ progress: ProgressCall) throws(Failure) {
    try state.withLock { state throws(Failure) in
      guard !state.hasRun else { throw .alreadyRun }
      state.progress = progress
    }
  }

  // MARK: Running

  /// Runs the scan; throws ``Failure`` if it was stopped.
  func run(_ receive: @escaping @Sendable (Record) throws -> Void) throws {
    let (parts, progress) = try state.withLock { state throws(Failure) in
      guard !state.hasRun else { throw .alreadyRun }
      state.hasRun = true
      // Added sources are released when the scan is over, not with this object.
      defer { state.parts = [] }
      return (state.parts, state.progress)
    }
    let scan = Scan(
      parts.flatMap(Self.sources), with: engine.ruleSet, options: options.scan)
    let isCancelled = state.withLock { state in
      state.scan = scan
      return state.isCancelled
    }
    defer {
      // The scan owns the added sources.
      let last = scan.progress
      state.withLock { state in
        state.last = last
        state.scan = nil
      }
    }
    if isCancelled { scan.cancel() }
    let reports = progress.map { ProgressReports($0, of: scan) }
    do {
      // A call that is in progress may still stop the scan.
      defer { reports?.stop() }
      try scan.run(receive)
    }
    if reports?.wasStopped == true { throw Failure.stopped }
    if state.withLock({ $0.isCancelled }) {
      throw Failure(.cancelled, "the scan was cancelled before its end")
    }
  }

  private static func sources(_ part: Part) -> [any ItemSource] {
    switch part {
    case .source(let source): return [source]
    case .paths(var targets):
      let unanswered = targets.setAsideUnanswered()
      return unanswered + targets.sources()
    }
  }

  /// Stops the scan, whether it runs yet or not.
  func cancel() {
    let scan = state.withLock { state in
      state.isCancelled = true
      return state.scan
    }
    scan?.cancel()
  }

  /// Progress so far; nil before the scan runs.
  var progress: Scan.Progress? {
    let (scan, last) = state.withLock { ($0.scan, $0.last) }
    return scan?.progress ?? last
  }
}

extension Failure {
  static let alreadyRun = Failure(
    .alreadyRun, "the scan has run: a scan runs once, and takes no target after that")
  static let stopped = Failure(.stopped, "a callback of the host stopped the scan")
  static let noHelper = Failure(
    .noHelper,
    "no program to parse file systems: install trawl-helper, name it in options.helper, or call"
      + " trawl_run_helper_if_requested first in main")
}
