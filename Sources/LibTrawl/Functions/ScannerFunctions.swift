import Bytes
public import CTrawl
import Engine
import Evidence
import Files
import Findings

/// Implements `trawl_scanner_create`.
@_cdecl("trawl_scanner_create")
public func scannerCreate(
  _ engine: OpaquePointer?, _ options: UnsafePointer<trawl_options>?,
  _ scanner: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  attempt(error) {
    let engine: EngineObject = try Handle.object(engine, "engine")
    let scanner = try target(scanner, "scanner")
    let options = try HostOptions(options)
    scanner.pointee = Handle.retaining(try SerialScanner(engine.ruleSet, options: options.scan))
  }
}

/// Implements `trawl_scanner_scan_memory`.
@_cdecl("trawl_scanner_scan_memory")
public func scannerScanMemory(
  _ scanner: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ bytes: UnsafeRawPointer?,
  _ size: Int, _ result: UnsafeMutablePointer<OpaquePointer?>?,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  scan(scanner, name, result, error) { scanner, name in
    let bytes = try buffer(bytes, size, "data")
    return scanner.scan(RawSpan(_unsafeBytes: bytes), name: name)
  }
}

/// Implements `trawl_scanner_scan_file`.
@_cdecl("trawl_scanner_scan_file")
public func scannerScanFile(
  _ scanner: OpaquePointer?, _ path: UnsafePointer<CChar>?,
  _ result: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  scan(scanner, path, result, error) { $0.scan(FileSource.item(at: $1)) }
}

/// Implements `trawl_scanner_scan_descriptor`.
@_cdecl("trawl_scanner_scan_descriptor")
public func scannerScanDescriptor(
  _ scanner: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ descriptor: Int32,
  _ result: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  scan(scanner, name, result, error) { scanner, name in
    guard descriptor >= 0 else { throw Failure(.invalidArgument, "descriptor is negative") }
    return scanner.scan(DescriptorSource(name: name, descriptor: descriptor).item)
  }
}

/// Implements `trawl_scanner_scan_reader`.
@_cdecl("trawl_scanner_scan_reader")
public func scannerScanReader(
  _ scanner: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ reader: UnsafePointer<trawl_reader>?,
  _ result: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  // The callbacks are released in any case.
  let content = Result { try HostContent(reader) }
  return scan(scanner, name, result, error) { scanner, name in
    scanner.scan(try content.get().source(named: name).item)
  }
}

/// Scans one item of the host.
private func scan(
  _ scanner: OpaquePointer?, _ name: UnsafePointer<CChar>?,
  _ result: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<OpaquePointer?>?,
  _ body: (SerialScanner, RawPath) throws -> SerialScanner.Result
) -> trawl_status {
  attempt(error) {
    let scanner: SerialScanner = try Handle.object(scanner, "scanner")
    guard let name else { throw Failure.null("name") }
    let result = try target(result, "result")
    let scanned = try body(scanner, RawPath(cString: name))
    var records = scanned.problems.map { Record.problem($0) }
    if let finding = scanned.finding { records.insert(.finding(finding), at: 0) }
    result.pointee = Handle.retaining(ResultObject(scanned.outcome, records))
  }
}

/// Implements `trawl_scanner_cancel`.
@_cdecl("trawl_scanner_cancel")
public func scannerCancel(_ scanner: OpaquePointer?) {
  Handle.optional(scanner, as: SerialScanner.self)?.canceller.cancel()
}

/// Implements `trawl_scanner_ledger`.
@_cdecl("trawl_scanner_ledger")
public func scannerLedger(
  _ scanner: OpaquePointer?, _ ledger: UnsafeMutablePointer<trawl_ledger>?, _ size: Int,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  attempt(error) {
    let scanner: SerialScanner = try Handle.object(scanner, "scanner")
    let ledger = try target(ledger, "ledger")
    guard size == MemoryLayout<trawl_ledger>.size else {
      throw Failure(.invalidArgument, "size is not that of trawl_ledger")
    }
    ledger.pointee = trawl_ledger(scanner.ledger)
  }
}

/// Implements `trawl_scanner_free`.
@_cdecl("trawl_scanner_free")
public func scannerFree(_ scanner: OpaquePointer?) {
  Handle.release(scanner, as: SerialScanner.self)
}
