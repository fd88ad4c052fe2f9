internal import CYara

/// Scans one buffer after another with the same rules. Use it from one thread at a time; each
/// thread may have its own scanner of the same rules.
public struct Scanner: ~Copyable {
  /// Options of scans.
  public struct Options: Hashable, Sendable {
    /// Report only one match of each string (`yara -f`): the same rules match.
    public var isFast = false
    /// Report the rules that do not match, too.
    public var reportsNonMatching = false
    /// Time limit in whole seconds, after which the scan fails; nil for no limit.
    public var timeout: Int?
    /// Module fields to copy from each scan. Only modules that a rule imports have fields. Fields
    /// that are not requested cost nothing.
    public var moduleFields: [ModuleField] = []
    /// Report string matches; otherwise a match is only its rule.
    public var reportsStrings = true
    /// Print the fields of each module that a rule imports, as `yara -D` does.
    public var printsModuleData = false
    /// Report all fields of each module that a rule imports.
    public var reportsModules = false
    /// Additional input of modules, beside the item. Of two entries for one module the first
    /// counts.
    public var moduleData: [ModuleData] = []

    /// Creates the defaults: every match of every string, no limit, no module data.
    public init() {}
  }

  /// The rules.
  public let rules: Rules
  /// Options of scans.
  public var options: Options
  /// Stops this scanner from another thread.
  public let interrupt: Interrupt
  private let pointer: UnsafeMutablePointer<YR_SCANNER>

  /// Creates a scanner for these rules.
  public init(_ rules: Rules, options: Options = Options()) throws(YaraError) {
    var created: UnsafeMutablePointer<YR_SCANNER>?
    rules.addScanner()
    let status = yr_scanner_create(rules.pointer, &created)
    guard status == ERROR_SUCCESS, let created else {
      rules.removeScanner()
      throw YaraError(.init(rawValue: status), "a scanner could not be created")
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

  /// Sets an external variable for later scans. Its type cannot change.
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

  /// Scans bytes in memory as one file.
  public mutating func scan(_ bytes: RawSpan) throws(YaraError) -> ScanResult {
    let (result, error) = attempt(bytes)
    if let error { throw error }
    return result
  }

  /// Scans bytes in memory as one file. On failure, the result keeps the output until then.
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

  /// Scans an open file. libyara maps it: the caller is responsible for a file that shrinks
  /// meanwhile.
  public mutating func scan(descriptor: Int32) throws(YaraError) -> ScanResult {
    try run { scanner in yr_scanner_scan_fd(scanner, descriptor) }
  }

  /// Scans the memory of a running process. On failure, the result keeps the output until
  /// then.
  public mutating func attempt(process: Int32) -> (result: ScanResult, error: YaraError?) {
    attempt { scanner in yr_scanner_scan_proc(scanner, process) }
  }

  /// Scans separate pieces of memory. Strings do not match across blocks; `filesize` is undefined
  /// unless given. Blocks must be ordered by base.
  public mutating func scan(_ blocks: [MemoryBlock], fileSize: UInt64? = nil) throws(YaraError)
    -> ScanResult
  {
    let iteration = BlockIteration(blocks, fileSize: fileSize)
    return try run { scanner in iteration.scan(with: scanner) }
  }

  /// Evaluates every condition on `bytes` without searching for strings: modules and integer
  /// reads see the bytes; strings count as absent. For a rule that does not use `entrypoint`, the
  /// answer equals that of ``scan(_:)`` if neither its own strings nor those of the rules that it
  /// refers to are in `bytes`.
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
    // The caller handles SIGBUS: libyara 4.2.3 restores the wrong handler when several threads
    // scan.
    var flags = SCAN_FLAGS_NO_TRYCATCH | SCAN_FLAGS_REPORT_RULES_MATCHING
    if options.isFast { flags |= SCAN_FLAGS_FAST_MODE }
    if options.reportsNonMatching { flags |= SCAN_FLAGS_REPORT_RULES_NOT_MATCHING }
    yr_scanner_set_flags(pointer, flags)
    // An interrupt cannot shorten a limit of zero.
    interrupt.arm(seconds: options.timeout.map { Int32(clamping: max(1, $0)) } ?? .max)
    trawl_yara_forget_entry_point(pointer)

    var collector = MatchCollector(rules: rules, options: options)
    let status = withUnsafeMutablePointer(to: &collector) { collector in
      yr_scanner_set_callback(
        pointer,
        { context, message, data, collector in
          collector!.assumingMemoryBound(to: MatchCollector.self).pointee
            .receive(message, data, context!)
        }, collector)
      return body(pointer)
    }
    guard status != ERROR_SUCCESS else { return (collector.result, nil) }
    return (collector.result, failure(.init(rawValue: status)))
  }

  /// Error that ended a scan. libyara records the string of these two failures only, and never resets it.
  private func failure(_ code: YaraError.Code) -> YaraError {
    guard code == .tooManyMatches || code == .tooManyFibers,
      let rule = yr_scanner_last_error_rule(pointer),
      let string = yr_scanner_last_error_string(pointer)
    else { return YaraError(code, "scan: \(code)") }
    let culprit = CutString(
      rule: String(cString: rule.pointee.identifier),
      namespace: String(cString: rule.pointee.ns.pointee.name),
      identifier: String(cString: string.pointee.identifier))
    return YaraError(
      code, "string \(culprit.identifier) of rule \(culprit.rule): \(code)", string: culprit)
  }
}
