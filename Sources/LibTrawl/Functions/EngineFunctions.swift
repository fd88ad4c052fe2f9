public import CTrawl
import Catalogue
import Engine
import Profiles
import Yara

/// Implements `trawl_engine_create_builtin`.
@_cdecl("trawl_engine_create_builtin")
public func engineCreateBuiltIn(
  _ engine: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  attempt(error) {
    let engine = try target(engine, "engine")
    engine.pointee = Handle.retaining(EngineObject(try RuleSet(.builtIn)))
  }
}

/// Implements `trawl_engine_create_compiled`.
@_cdecl("trawl_engine_create_compiled")
public func engineCreateCompiled(
  _ bytes: UnsafeRawPointer?, _ size: Int, _ engine: UnsafeMutablePointer<OpaquePointer?>?,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  attempt(error) {
    let engine = try target(engine, "engine")
    let bytes = Array(try buffer(bytes, size, "data"))
    let ruleSet = RuleSet(rules: try Rules(serialized: bytes), compiledFrom: bytes)
    engine.pointee = Handle.retaining(EngineObject(ruleSet))
  }
}

/// Implements `trawl_engine_save`.
@_cdecl("trawl_engine_save")
public func engineSave(
  _ engine: OpaquePointer?, _ path: UnsafePointer<CChar>?,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  attempt(error) {
    let engine: EngineObject = try Handle.object(engine, "engine")
    try engine.ruleSet.rules.save(compiledFile: text(path, "path"))
  }
}

/// Implements `trawl_engine_retain`.
@_cdecl("trawl_engine_retain")
public func engineRetain(_ engine: OpaquePointer?) -> OpaquePointer? {
  Handle.optional(engine, as: EngineObject.self).map { Handle.retaining($0) }
}

/// Implements `trawl_engine_release`.
@_cdecl("trawl_engine_release")
public func engineRelease(_ engine: OpaquePointer?) {
  Handle.release(engine, as: EngineObject.self)
}

/// Implements `trawl_engine_rules`.
@_cdecl("trawl_engine_rules")
public func engineRules(_ engine: OpaquePointer?, _ count: UnsafeMutablePointer<Int>?)
  -> UnsafePointer<trawl_rule>?
{
  let engine = Handle.optional(engine, as: EngineObject.self)
  count?.pointee = engine?.ruleSet.rules.rules.count ?? 0
  return engine?.description.rules
}

/// Implements `trawl_engine_warnings`.
@_cdecl("trawl_engine_warnings")
public func engineWarnings(_ engine: OpaquePointer?, _ count: UnsafeMutablePointer<Int>?)
  -> UnsafePointer<trawl_diagnostic>?
{
  let engine = Handle.optional(engine, as: EngineObject.self)
  count?.pointee = engine?.ruleSet.warnings.count ?? 0
  return engine?.description.warnings
}

/// Implements `trawl_engine_without_prefilter`.
@_cdecl("trawl_engine_without_prefilter")
public func engineWithoutPrefilter(_ engine: OpaquePointer?) -> UnsafePointer<CChar>? {
  Handle.optional(engine, as: EngineObject.self)?.description.withoutPrefilter.data
}
