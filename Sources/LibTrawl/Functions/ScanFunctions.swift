import Bytes
public import CTrawl
import Engine
import Files
import Findings
import Targets

/// Implements `trawl_scan_create`.
@_cdecl("trawl_scan_create")
public func scanCreate(
  _ engine: OpaquePointer?, _ options: UnsafePointer<trawl_options>?,
  _ scan: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  attempt(error) {
    let engine: EngineObject = try Handle.object(engine, "engine")
    let scan = try target(scan, "scan")
    scan.pointee = Handle.retaining(ScanObject(engine, try HostOptions(options)))
  }
}

/// Implements `trawl_scan_set_progress`.
@_cdecl("trawl_scan_set_progress")
public func scanSetProgress(
  _ scan: OpaquePointer?,
  _ callback: (
    @convention(c) (UnsafePointer<trawl_progress>?, UnsafeMutableRawPointer?) -> Int32
  )?, _ user: UnsafeMutableRawPointer?, _ interval: UInt32,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  attempt(error) {
    let scan: ScanObject = try Handle.object(scan, "scan")
    guard let callback else { throw Failure.null("callback") }
    let interval = Int(min(max(interval, 10), 3_600_000))
    try scan.set(ProgressCall(callback: callback, user: user, interval: interval))
  }
}

/// Implements `trawl_scan_run`.
@_cdecl("trawl_scan_run")
public func scanRun(
  _ scan: OpaquePointer?,
  _ callback: (@convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> Int32)?,
  _ user: UnsafeMutableRawPointer?, _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  attempt(error) {
    let scan: ScanObject = try Handle.object(scan, "scan")
    guard let callback else { throw Failure.null("callback") }
    // The host answers for its pointer, which may be used on any thread.
    nonisolated(unsafe) let user = user
    try scan.run { record in
      let object = RecordObject(record)
      let answer = withExtendedLifetime(object) { callback(Handle.borrowing(object), user) }
      if answer != 0 { throw Failure.stopped }
    }
  }
}

/// Implements `trawl_scan_cancel`.
@_cdecl("trawl_scan_cancel")
public func scanCancel(_ scan: OpaquePointer?) {
  Handle.optional(scan, as: ScanObject.self)?.cancel()
}

/// Implements `trawl_scan_progress`.
@_cdecl("trawl_scan_progress")
public func scanProgress(
  _ scan: OpaquePointer?, _ progress: UnsafeMutablePointer<trawl_progress>?, _ size: Int,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  attempt(error) {
    let scan: ScanObject = try Handle.object(scan, "scan")
    let progress = try target(progress, "progress")
    guard size == MemoryLayout<trawl_progress>.size else {
      throw Failure(.invalidArgument, "size is not that of trawl_progress")
    }
    progress.pointee = scan.progress.map { trawl_progress($0) } ?? trawl_progress()
  }
}

/// Implements `trawl_scan_free`.
@_cdecl("trawl_scan_free")
public func scanFree(_ scan: OpaquePointer?) { Handle.release(scan, as: ScanObject.self) }
