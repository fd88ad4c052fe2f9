import Bytes
public import CTrawl
import Engine
import Evidence
import Files
import Yara

/// Implements `trawl_matcher_create`.
@_cdecl("trawl_matcher_create")
public func matcherCreate(
  _ engine: OpaquePointer?, _ options: UnsafePointer<trawl_match_options>?,
  _ matcher: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  attempt(error) {
    let engine: EngineObject = try Handle.object(engine, "engine")
    let matcher = try target(matcher, "matcher")
    matcher.pointee = Handle.retaining(try MatcherObject(engine, try MatchOptions(options)))
  }
}

/// Implements `trawl_matcher_define_integer`.
@_cdecl("trawl_matcher_define_integer")
public func matcherDefineInteger(
  _ matcher: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ value: Int64,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  define(matcher, name, error) { .integer(value) }
}

/// Implements `trawl_matcher_define_float`.
@_cdecl("trawl_matcher_define_float")
public func matcherDefineFloat(
  _ matcher: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ value: Double,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  define(matcher, name, error) { .float(value) }
}

/// Implements `trawl_matcher_define_boolean`.
@_cdecl("trawl_matcher_define_boolean")
public func matcherDefineBoolean(
  _ matcher: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ value: Int32,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  define(matcher, name, error) { .boolean(value != 0) }
}

/// Implements `trawl_matcher_define_string`.
@_cdecl("trawl_matcher_define_string")
public func matcherDefineString(
  _ matcher: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ value: UnsafePointer<CChar>?,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  define(matcher, name, error) { .string(try text(value, "value")) }
}

private func define(
  _ matcher: OpaquePointer?, _ name: UnsafePointer<CChar>?,
  _ error: UnsafeMutablePointer<OpaquePointer?>?, _ value: () throws -> ExternalValue
) -> trawl_status {
  attempt(error) {
    let matcher: MatcherObject = try Handle.object(matcher, "matcher")
    try matcher.define(try text(name, "name"), as: try value())
  }
}

/// Implements `trawl_matcher_set_module_data`.
@_cdecl("trawl_matcher_set_module_data")
public func matcherSetModuleData(
  _ matcher: OpaquePointer?, _ module: UnsafePointer<CChar>?, _ bytes: UnsafeRawPointer?,
  _ size: Int, _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  attempt(error) {
    let matcher: MatcherObject = try Handle.object(matcher, "matcher")
    let bytes = Array(try buffer(bytes, size, "data"))
    try matcher.give(bytes, to: try text(module, "module"))
  }
}

/// Implements `trawl_matcher_match_memory`.
@_cdecl("trawl_matcher_match_memory")
public func matcherMatchMemory(
  _ matcher: OpaquePointer?, _ bytes: UnsafeRawPointer?, _ size: Int,
  _ matches: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  match(matcher, matches, error) { matcher in
    let bytes = try buffer(bytes, size, "data")
    return matcher.match(RawSpan(_unsafeBytes: bytes), name: "data")
  }
}

/// Implements `trawl_matcher_match_file`.
@_cdecl("trawl_matcher_match_file")
public func matcherMatchFile(
  _ matcher: OpaquePointer?, _ path: UnsafePointer<CChar>?,
  _ matches: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  match(matcher, matches, error) { matcher in
    guard let path else { throw Failure.null("path") }
    return matcher.match(FileSource.item(at: RawPath(cString: path)))
  }
}

/// Implements `trawl_matcher_match_reader`.
@_cdecl("trawl_matcher_match_reader")
public func matcherMatchReader(
  _ matcher: OpaquePointer?, _ reader: UnsafePointer<trawl_reader>?,
  _ matches: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  // The callbacks are released in any case.
  let content = Result { try HostContent(reader) }
  return match(matcher, matches, error) { matcher in
    matcher.match(try content.get().source(named: "data").item)
  }
}

/// Implements `trawl_matcher_match_process`.
@_cdecl("trawl_matcher_match_process")
public func matcherMatchProcess(
  _ matcher: OpaquePointer?, _ process: Int32, _ matches: UnsafeMutablePointer<OpaquePointer?>?,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  match(matcher, matches, error) { $0.match(process: process) }
}

private func match(
  _ matcher: OpaquePointer?, _ matches: UnsafeMutablePointer<OpaquePointer?>?,
  _ error: UnsafeMutablePointer<OpaquePointer?>?, _ body: (SerialMatcher) throws -> MatchOutcome
) -> trawl_status {
  attempt(error) {
    let matcher: MatcherObject = try Handle.object(matcher, "matcher")
    let matches = try target(matches, "matches")
    matches.pointee = Handle.retaining(try matcher.matches(body))
  }
}

/// Implements `trawl_matcher_cancel`.
@_cdecl("trawl_matcher_cancel")
public func matcherCancel(_ matcher: OpaquePointer?) {
  Handle.optional(matcher, as: MatcherObject.self)?.cancel()
}

/// Implements `trawl_matcher_free`.
@_cdecl("trawl_matcher_free")
public func matcherFree(_ matcher: OpaquePointer?) {
  Handle.release(matcher, as: MatcherObject.self)
}

/// Implements `trawl_matches_events`.
@_cdecl("trawl_matches_events")
public func matchesEvents(_ matches: OpaquePointer?, _ count: UnsafeMutablePointer<Int>?)
  -> UnsafePointer<trawl_match_event>?
{
  let matches = Handle.optional(matches, as: MatchesObject.self)
  count?.pointee = matches?.count ?? 0
  return matches?.events
}

/// Implements `trawl_matches_free`.
@_cdecl("trawl_matches_free")
public func matchesFree(_ matches: OpaquePointer?) {
  Handle.release(matches, as: MatchesObject.self)
}
