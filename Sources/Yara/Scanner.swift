internal import CYara

/// Scans one buffer after another with the same rules. One thread at a time; as many scanners as
/// threads may share the rules.
public struct Scanner: ~Copyable {
  /// How a scan is done.
  public struct Options: Hashable, Sendable {
    /// Look for one place of each string only (`yara -f`): the same rules match.
    public var isFast = false
    /// Report the rules that do not match too.
    public var reportsNonMatching = false
    /// The scan ends with an error after so many whole seconds; nil for no limit.
    public var timeout: Int?
    /// The fields of modules that are copied from each scan. Only modules that a rule imports have
    /// any, and what is not asked for costs nothing.
    public var moduleFields: [ModuleField] = []
    /// Report the places of strings; without, a match is its rule alone.
    public var reportsStrings = true
    /// Print the fields of each module that a rule imports, as `yara -D` does.
    public var printsModuleData = false
    /// What modules are given beside the item; of two for one module the first counts.
    public var moduleData: [ModuleData] = []

    /// Every place of every string, no limit, no module data.
    public init() {}
  }

  /// The rules.
  public let rules: Rules
  /// How a scan is done.
  public var options: Options
  /// Stops this scanner from another thread.
  public let interrupt: Interrupt
  private let pointer: UnsafeMutablePointer<YR_SCANNER>

  /// A scanner for these rules.
  public init(_ rules: Rules, options: Options = Options()) throws(YaraError) {
    var created: UnsafeMutablePointer<YR_SCANNER>?
    rules.addScanner()
    let status = yr_scanner_create(rules.pointer, &created)
    guard status == ERROR_SUCCESS, let created else {
      rules.removeScanner()
      throw YaraError(.init(rawValue: status), "a scanner could not be made")
    }
    self.rules = rules
    self.options = options
    pointer = created
    interrupt = Interrupt(created)
  }

  deinit {
    interrupt.disconnect()
    yr_scanner_destroy(pointer)
    rules.removeScanner()
  }

  /// Gives an external variable another value for the scans that follow. Its type stays.
  public mutating func define(_ name: String, as value: ExternalValue) throws(YaraError) {
    try value.checkForNUL(name)
    let status =
      switch value {
      case .integer(let value): yr_scanner_define_integer_variable(pointer, name, value)
      case .float(let value): yr_scanner_define_float_variable(pointer, name, value)
      case .boolean(let value): yr_scanner_define_boolean_variable(pointer, name, value ? 1 : 0)
      case .string(let value): yr_scanner_define_string_variable(pointer, name, value)
      }
    try YaraError.check(status, "external variable \(name) could not be set")
  }

  /// Scans bytes in memory, as one file.
  public mutating func scan(_ bytes: RawSpan) throws(YaraError) -> ScanResult {
    let (result, error) = attempt(bytes)
    if let error { throw error }
    return result
  }

  /// Scans bytes in memory, as one file. When that fails, what was printed until then stays.
  public mutating func attempt(_ bytes: RawSpan) -> (result: ScanResult, error: YaraError?) {
    attempt { scanner in
      bytes.withUnsafeBytes { buffer in
        withUnsafePointer(to: 0 as UInt8) { empty in
          let start = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? empty
          return yr_scanner_scan_mem(scanner, start, buffer.count)
        }
      }
    }
  }

  /// Scans an open file. libyara maps it: the caller answers for a file that shrinks meanwhile.
  public mutating func scan(descriptor: Int32) throws(YaraError) -> ScanResult {
    try run { scanner in yr_scanner_scan_fd(scanner, descriptor) }
  }

  /// Scans pieces of memory that lie apart. Strings do not reach from one block into the next;
  /// `filesize` is undefined unless given. Blocks must be in order of their bases.
  public mutating func scan(_ blocks: [MemoryBlock], fileSize: UInt64? = nil) throws(YaraError)
    -> ScanResult
  {
    let iteration = BlockIteration(blocks, fileSize: fileSize)
    return try run { scanner in iteration.scan(with: scanner) }
  }

  /// Evaluates every condition on `bytes` without looking for any string: modules and reads of bytes
  /// see them, strings count as absent. The answer is that of ``scan(_:)`` for every rule none of whose
  /// strings, and of the rules it refers to, is in `bytes`, unless it uses `entrypoint`.
  public mutating func evaluateWithoutStrings(_ bytes: RawSpan) throws(YaraError) -> ScanResult {
    try run { scanner in
      bytes.withUnsafeBytes { buffer in HiddenBlock(buffer).scan(with: scanner) }
    }
  }

  private mutating func run(_ body: (UnsafeMutablePointer<YR_SCANNER>) -> Int32) throws(YaraError)
    -> ScanResult
  {
    let (result, error) = attempt(body)
    if let error { throw error }
    return result
  }

  private mutating func attempt(_ body: (UnsafeMutablePointer<YR_SCANNER>) -> Int32)
    -> (result: ScanResult, error: YaraError?)
  {
    // SIGBUS is the caller's: libyara 4.2.3 restores the wrong handler when several threads scan.
    var flags = SCAN_FLAGS_NO_TRYCATCH | SCAN_FLAGS_REPORT_RULES_MATCHING
    if options.isFast { flags |= SCAN_FLAGS_FAST_MODE }
    if options.reportsNonMatching { flags |= SCAN_FLAGS_REPORT_RULES_NOT_MATCHING }
    yr_scanner_set_flags(pointer, flags)
    // A limit of zero could not be shortened by an interrupt.
    interrupt.arm(seconds: options.timeout.map { Int32(clamping: max(1, $0)) } ?? .max)
    trawl_yara_forget_entry_point(pointer)

    var collector = MatchCollector(rules: rules, options: options)
    let status = withUnsafeMutablePointer(to: &collector) { collector in
      yr_scanner_set_callback(
        pointer,
        { context, message, data, collector in
          collector!.assumingMemoryBound(to: MatchCollector.self).pointee
            .take(message, data, context!)
        }, collector)
      return body(pointer)
    }
    do throws(YaraError) { try YaraError.check(status, "scan") } catch {
      return (collector.result, error)
    }
    return (collector.result, nil)
  }
}
