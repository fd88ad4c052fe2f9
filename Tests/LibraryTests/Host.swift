import CTrawl
import TestSupport
import Testing

/// A C host, as far as the tests need one.
enum Host {
  /// Message of an error, which is freed; nil without one.
  static func message(_ error: OpaquePointer?) -> String? {
    guard let error else { return nil }
    defer { trawl_error_free(error) }
    return String(cString: trawl_error_message(error))
  }

  /// A failed call, with its status and message.
  struct CallError: Error, CustomStringConvertible {
    let status: trawl_status
    let message: String
    var description: String { "\(status): \(message)" }
  }

  /// Runs a function of the library; throws its error.
  static func call(_ body: (UnsafeMutablePointer<OpaquePointer?>) -> trawl_status) throws {
    var error: OpaquePointer?
    let status = body(&error)
    guard status != TRAWL_OK else {
      try #require(error == nil)
      return
    }
    try #require(trawl_error_status(error) == status)
    throw CallError(status: status, message: message(error) ?? "")
  }

  /// An engine with the rules in a text.
  static func engine(_ rules: String, name: String = "test") throws -> OpaquePointer {
    var compiler: OpaquePointer?
    try call { trawl_compiler_create(&compiler, $0) }
    defer { trawl_compiler_free(compiler) }
    try call { trawl_compiler_add_text(compiler, name, nil, rules, rules.utf8.count, $0) }
    var engine: OpaquePointer?
    try call { trawl_compiler_build(compiler, &engine, $0) }
    return try #require(engine)
  }

  /// An engine that looks for `needle`.
  static func needles() throws -> OpaquePointer {
    try engine(#"rule needle : tag { strings: $a = "needle" condition: $a }"#)
  }

  /// A scanner of an engine, which is released.
  static func scanner(_ engine: OpaquePointer, _ options: trawl_options? = nil) throws
    -> OpaquePointer
  {
    defer { trawl_engine_release(engine) }
    var scanner: OpaquePointer?
    try call { error in
      guard var options else { return trawl_scanner_create(engine, nil, &scanner, error) }
      return trawl_scanner_create(engine, &options, &scanner, error)
    }
    return try #require(scanner)
  }

  /// A scan with an engine, which is released.
  static func scan(_ engine: OpaquePointer, _ options: trawl_options? = nil) throws -> OpaquePointer
  {
    defer { trawl_engine_release(engine) }
    var scan: OpaquePointer?
    try call { error in
      guard var options else { return trawl_scan_create(engine, nil, &scan, error) }
      return trawl_scan_create(engine, &options, &scan, error)
    }
    return try #require(scan)
  }

  /// The options that TRAWL_OPTIONS_INIT gives.
  static var options: trawl_options {
    var options = trawl_options()
    options.struct_size = MemoryLayout<trawl_options>.size
    options.timeout = 3600
    options.memory_budget = 256 << 20
    options.volume_timeout = 120
    return options
  }
}

/// Records that a scan delivered.
final class Delivery {
  var lines: [String] = []
  var matched: [String] = []
  var problems: [String: String] = [:]
  var ledger = trawl_ledger()
  var isComplete = false
  /// Value that the callback returns at the first record.
  var answer: Int32 = 0
  var onRecord: () -> Void = {}

  /// Runs a scan, and frees it.
  func run(_ scan: OpaquePointer) throws {
    defer { trawl_scan_free(scan) }
    let user = Unmanaged.passUnretained(self).toOpaque()
    try Host.call { error in
      trawl_scan_run(
        scan,
        { record, user in
          Unmanaged<Delivery>.fromOpaque(user!).takeUnretainedValue()
            .collect(record)
        },
        user, error)
    }
  }

  private func collect(_ record: OpaquePointer?) -> Int32 {
    var size = 0
    let json = trawl_record_json(record, &size)!
    lines.append(String(cString: json))
    precondition(size == lines.last!.utf8.count)
    if let finding = trawl_record_finding(record) {
      matched.append(String(cString: finding.pointee.locator.path.data))
    }
    if let problem = trawl_record_problem(record) {
      problems[String(cString: problem.pointee.locator.path.data)] =
        String(cString: problem.pointee.reason.data)
    }
    if let summary = trawl_record_summary(record) {
      ledger = summary.pointee.ledger
      isComplete = summary.pointee.is_complete != 0
    }
    onRecord()
    return answer
  }
}
