public import CTrawl
import Engine
import Yara

/// Implements `trawl_version`.
@_cdecl("trawl_version")
public func version() -> UnsafePointer<CChar>? { Versions.trawl.data }

/// Implements `trawl_libyara_version`.
@_cdecl("trawl_libyara_version")
public func libyaraVersion() -> UnsafePointer<CChar>? { Versions.libyara.data }

/// Implements `trawl_error_status`.
@_cdecl("trawl_error_status")
public func errorStatus(_ error: OpaquePointer?) -> trawl_status {
  Handle.optional(error, as: ErrorObject.self)?.status ?? trawl_status(TRAWL_OK)
}

/// Implements `trawl_error_message`.
@_cdecl("trawl_error_message")
public func errorMessage(_ error: OpaquePointer?) -> UnsafePointer<CChar>? {
  Handle.optional(error, as: ErrorObject.self)?.message.data
}

/// Implements `trawl_error_libyara_code`.
@_cdecl("trawl_error_libyara_code")
public func errorLibyaraCode(_ error: OpaquePointer?) -> Int32 {
  Handle.optional(error, as: ErrorObject.self)?.libyaraCode ?? 0
}

/// Implements `trawl_error_diagnostics`.
@_cdecl("trawl_error_diagnostics")
public func errorDiagnostics(_ error: OpaquePointer?, _ count: UnsafeMutablePointer<Int>?)
  -> UnsafePointer<trawl_diagnostic>?
{
  let error = Handle.optional(error, as: ErrorObject.self)
  count?.pointee = error?.diagnosticCount ?? 0
  return error?.diagnostics
}

/// Implements `trawl_error_free`.
@_cdecl("trawl_error_free")
public func errorFree(_ error: OpaquePointer?) { Handle.release(error, as: ErrorObject.self) }

/// Texts that live as long as the process.
private struct Versions: @unchecked Sendable {
  private let arena = Arena()
  private let text: trawl_text

  private init(_ text: String) { self.text = arena.text(text) }

  private static let trawlVersion = Versions(Version.current)
  private static let libyaraVersion = Versions(Library.version)

  static var trawl: trawl_text { trawlVersion.text }
  static var libyara: trawl_text { libyaraVersion.text }
}
