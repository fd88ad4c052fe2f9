import Bytes
public import CTrawl
import Evidence
import Files
import Targets

/// Implements `trawl_scan_add_path`.
@_cdecl("trawl_scan_add_path")
public func scanAddPath(
  _ scan: OpaquePointer?, _ path: UnsafePointer<CChar>?, _ kind: Int32,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  attempt(error) {
    let scan: ScanObject = try Handle.object(scan, "scan")
    guard let path else { throw Failure.null("path") }
    guard path.pointee != 0 else { throw Failure(.invalidArgument, "path is empty") }
    let kinds: [Targets.Kind] = [.auto, .file, .image]
    guard kinds.indices.contains(Int(kind)) else {
      throw Failure(.invalidArgument, "kind is \(kind)")
    }
    try scan.add(RawPath(cString: path), as: kinds[Int(kind)])
  }
}

/// Implements `trawl_scan_add_descriptor`.
@_cdecl("trawl_scan_add_descriptor")
public func scanAddDescriptor(
  _ scan: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ descriptor: Int32,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  attempt(error) {
    let scan: ScanObject = try Handle.object(scan, "scan")
    guard let name else { throw Failure.null("name") }
    do {
      try scan.add(DescriptorSource(name: RawPath(cString: name), copying: descriptor))
    } catch let error as SystemCallError {
      throw Failure(.invalidArgument, "descriptor \(descriptor) cannot be used: \(error.words)")
    }
  }
}

/// Implements `trawl_scan_add_memory`.
@_cdecl("trawl_scan_add_memory")
public func scanAddMemory(
  _ scan: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ bytes: UnsafeRawPointer?, _ size: Int,
  _ release: (@convention(c) (UnsafeMutableRawPointer?) -> Void)?, _ user: UnsafeMutableRawPointer?,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  let isUsable = size >= 0 && (bytes != nil || size == 0)
  let held = UnsafeRawBufferPointer(start: bytes, count: isUsable ? size : 0)
  // The host is notified in any case.
  let memory = release.map { HostMemory(held, release: $0, user) }
  return attempt(error) {
    let scan: ScanObject = try Handle.object(scan, "scan")
    guard let name else { throw Failure.null("name") }
    _ = try buffer(bytes, size, "data")
    let path = RawPath(cString: name)
    if let memory {
      try scan.add(MemorySource(name: path, borrowing: memory.bytes, owner: memory))
    } else {
      try scan.add(MemorySource(name: path, bytes: Array(held)))
    }
  }
}

/// Implements `trawl_scan_add_reader`.
@_cdecl("trawl_scan_add_reader")
public func scanAddReader(
  _ scan: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ reader: UnsafePointer<trawl_reader>?,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  let content = Result { try HostContent(reader) }
  return attempt(error) {
    let scan: ScanObject = try Handle.object(scan, "scan")
    guard let name else { throw Failure.null("name") }
    try scan.add(try content.get().source(named: RawPath(cString: name)))
  }
}

/// Implements `trawl_scan_add_medium`.
@_cdecl("trawl_scan_add_medium")
public func scanAddMedium(
  _ scan: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ reader: UnsafePointer<trawl_reader>?,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  let content = Result { try HostContent(reader) }
  return attempt(error) {
    let scan: ScanObject = try Handle.object(scan, "scan")
    guard let name else { throw Failure.null("name") }
    try scan.add(HostMedium(try content.get()), named: RawPath(cString: name))
  }
}

/// Bytes of the caller; throws if they are missing.
func buffer(_ start: UnsafeRawPointer?, _ size: Int, _ name: String) throws(Failure)
  -> UnsafeRawBufferPointer
{
  guard size >= 0 else { throw Failure(.invalidArgument, "the size of \(name) is too large") }
  guard start != nil || size == 0 else { throw .null(name) }
  return UnsafeRawBufferPointer(start: start, count: size)
}
