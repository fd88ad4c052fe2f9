import Bytes
import CTrawl
import Engine
import Evidence
import Files
import Yara

/// A matcher of the C interface. It begins with its first item: settings before it are options.
final class MatcherObject {
  private let engine: EngineObject
  private var options: MatchOptions
  private var matcher: SerialMatcher
  private var isUsed = false

  init(_ engine: EngineObject, _ options: MatchOptions) throws {
    self.engine = engine
    self.options = options
    matcher = try SerialMatcher(engine.ruleSet, options: options)
  }

  func define(_ name: String, as value: ExternalValue) throws {
    try matcher.define(name, as: value)
    defined.append((name, value))
  }
  private var defined: [(name: String, value: ExternalValue)] = []

  /// Gives a module data; the matcher is made anew, as options do not change while it is used.
  func give(_ data: [UInt8], to module: String) throws {
    guard !isUsed else {
      throw Failure(.invalidArgument, "module data must be set before the first item")
    }
    options.scanner.moduleData.append(ModuleData(module: module, bytes: data))
    options.usesSieve = false
    matcher = try SerialMatcher(engine.ruleSet, options: options)
    for (name, value) in defined { try matcher.define(name, as: value) }
  }

  /// Reports of libyara about one item.
  func matches(_ body: (SerialMatcher) throws -> MatchOutcome) throws -> MatchesObject {
    isUsed = true
    let outcome = try body(matcher)
    switch outcome.failure {
    case nil: break
    case .engine(let error): throw error
    case .content(let problem): throw Failure(problem)
    }
    if let problem = outcome.omission { throw Failure(problem) }
    return MatchesObject(outcome.result, of: engine)
  }

  func cancel() { matcher.canceller.cancel() }
}

extension Failure {
  /// An item that could not be read.
  fileprivate init(_ problem: ItemProblem) {
    self.init(problem.reason == .interrupted ? .cancelled : .fileUnreadable, problem.message)
    libyaraCode =
      switch problem.reason {
      case .missing, .vanished, .permissionDenied: YaraError.Code.couldNotOpenFile.rawValue
      default: YaraError.Code.couldNotMapFile.rawValue
      }
  }
}

extension MatchOptions {
  /// Reads the options of the host, which may leave them out.
  init(_ pointer: UnsafePointer<trawl_match_options>?) throws(Failure) {
    self.init()
    guard let pointer else { return }
    // Of a struct of another size nothing else may be read.
    let size = UnsafeRawPointer(pointer).load(as: Int.self)
    guard size == MemoryLayout<trawl_match_options>.size else {
      throw Failure(
        .invalidArgument, "options.struct_size is unknown: start with TRAWL_MATCH_OPTIONS_INIT")
    }
    let options = pointer.pointee
    scanner.timeout = options.timeout == 0 ? nil : Int(clamping: min(options.timeout, 1 << 30))
    scanner.isFast = options.is_fast != 0
    scanner.reportsNonMatching = options.reports_non_matching != 0
    scanner.reportsModules = options.reports_modules != 0
    usesSieve =
      options.without_prefilter == 0 && !scanner.reportsNonMatching && !scanner.reportsModules
    // Smaller items cause no warning: as in `trawl match --fail-on-warnings`.
    if options.reports_warnings != 0 {
      sizeOfWholeScans = Library.release >= (4, 5) ? 200_000 : 1_000_000
    }
    reading.memoryBudget = Int(clamping: options.memory_budget)
  }
}
