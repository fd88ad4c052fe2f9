import Bytes
import CTrawl
import Engine
import Evidence
import Files
import Images
import Targets

/// Options of the host, resolved.
struct HostOptions: Sendable {
  /// Options of the engine.
  var scan = ScanOptions()
  /// Options of the evidence; the paths are added later.
  var targets = Targets([])
  /// Program that parses file systems; nil if the host names none.
  var helper: RawPath?

  /// Reads the options of the host, which are optional.
  init(_ pointer: UnsafePointer<trawl_options>?) throws(Failure) {
    guard let pointer else { return }
    // If the struct has another size, no other field may be read.
    let size = UnsafeRawPointer(pointer).load(as: Int.self)
    guard size == MemoryLayout<trawl_options>.size else {
      throw Failure(
        .invalidArgument, "options.struct_size is unknown: start with TRAWL_OPTIONS_INIT")
    }
    let options = pointer.pointee
    guard options.verify_percent <= 100 else {
      throw Failure(.invalidArgument, "options.verify_percent is more than 100")
    }
    guard options.jobs <= 1024 else {
      throw Failure(.invalidArgument, "options.jobs is more than 1024")
    }
    if options.jobs > 0 { scan.jobs = Int(options.jobs) }
    scan.timeout = options.timeout == 0 ? nil : Int(clamping: min(options.timeout, 1 << 30))
    scan.maximumSize = options.maximum_size == 0 ? nil : options.maximum_size
    scan.reading.memoryBudget = Int(clamping: options.memory_budget)
    scan.verifiedPercentage = Int(options.verify_percent)
    scan.usesSieve = options.without_prefilter == 0
    helper = options.helper.map(RawPath.init(cString:))
    try resolveTargets(options)
  }

  private mutating func resolveTargets(_ options: trawl_options) throws(Failure) {
    targets.files.width = scan.jobs
    targets.files.followsSymbolicLinks = options.follows_symbolic_links != 0
    targets.files.staysOnFileSystem = options.stays_on_file_system != 0
    if let timeout = scan.timeout {
      targets.files.answerTimeout = min(targets.files.answerTimeout, timeout)
    }
    targets.files.filter = PathFilter(
      excluded: try Self.globs(options.excluded, options.excluded_count, "options.excluded"),
      included: try Self.globs(options.included, options.included_count, "options.included"))
    guard let unallocated = Self.unallocated(options.unallocated) else {
      throw Failure(.invalidArgument, "options.unallocated is \(options.unallocated)")
    }
    targets.images.unallocated = unallocated
    targets.images.verifies = options.verifies_images != 0
    targets.images.timeout = Int(clamping: max(1, min(options.volume_timeout, 86_400)))
  }

  private static func unallocated(_ number: Int32) -> ImageSource.Unallocated? {
    switch Int(number) {
    case TRAWL_CARVE: .carve
    case TRAWL_WHOLE_RUNS: .all
    case TRAWL_IGNORE: ImageSource.Unallocated.none
    default: nil
    }
  }

  private static func globs(
    _ texts: UnsafePointer<UnsafePointer<CChar>?>?, _ count: Int, _ name: String
  ) throws(Failure) -> [RawPath] {
    guard count > 0 else { return [] }
    guard let texts else { throw .null(name) }
    var globs = [RawPath]()
    for text in UnsafeBufferPointer(start: texts, count: count) {
      guard let text else { throw .null(name) }
      globs.append(RawPath(cString: text))
    }
    return globs
  }
}
