import Bytes
public import CTrawl
import Engine
import Yara

/// Implements `trawl_compiler_create`.
@_cdecl("trawl_compiler_create")
public func compilerCreate(
  _ compiler: UnsafeMutablePointer<OpaquePointer?>?,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  attempt(error) { try target(compiler, "compiler").pointee = Handle.retaining(CompilerObject()) }
}

/// Implements `trawl_compiler_add_text`.
@_cdecl("trawl_compiler_add_text")
public func compilerAddText(
  _ compiler: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ nameSpace: UnsafePointer<CChar>?,
  _ bytes: UnsafeRawPointer?, _ size: Int, _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  attempt(error) {
    let compiler: CompilerObject = try Handle.object(compiler, "compiler")
    compiler.texts.append(
      RuleSet.Text(
        name: try text(name, "name"), bytes: Array(try buffer(bytes, size, "text")),
        namespace: nameSpace.map { String(cString: $0) } ?? "default"))
  }
}

/// Implements `trawl_compiler_add_file`.
@_cdecl("trawl_compiler_add_file")
public func compilerAddFile(
  _ compiler: OpaquePointer?, _ path: UnsafePointer<CChar>?, _ nameSpace: UnsafePointer<CChar>?,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  attempt(error) {
    let compiler: CompilerObject = try Handle.object(compiler, "compiler")
    let path = try text(path, "path")
    guard let file = RuleText.Included(reading: path) else {
      throw Failure(.fileUnreadable, "rule file \(path) cannot be read")
    }
    compiler.texts.append(
      RuleSet.Text(
        name: path, bytes: file.bytes, isFile: true,
        namespace: nameSpace.map { String(cString: $0) } ?? "default"))
  }
}

/// Implements `trawl_compiler_define_integer`.
@_cdecl("trawl_compiler_define_integer")
public func compilerDefineInteger(
  _ compiler: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ value: Int64,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  define(compiler, name, error) { .integer(value) }
}

/// Implements `trawl_compiler_define_float`.
@_cdecl("trawl_compiler_define_float")
public func compilerDefineFloat(
  _ compiler: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ value: Double,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  define(compiler, name, error) { .float(value) }
}

/// Implements `trawl_compiler_define_boolean`.
@_cdecl("trawl_compiler_define_boolean")
public func compilerDefineBoolean(
  _ compiler: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ value: Int32,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  define(compiler, name, error) { .boolean(value != 0) }
}

/// Implements `trawl_compiler_define_string`.
@_cdecl("trawl_compiler_define_string")
public func compilerDefineString(
  _ compiler: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ value: UnsafePointer<CChar>?,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  define(compiler, name, error) { .string(try text(value, "value")) }
}

private func define(
  _ compiler: OpaquePointer?, _ name: UnsafePointer<CChar>?,
  _ error: UnsafeMutablePointer<OpaquePointer?>?, _ value: () throws -> ExternalValue
) -> trawl_status {
  attempt(error) {
    let compiler: CompilerObject = try Handle.object(compiler, "compiler")
    compiler.externals.append((try text(name, "name"), try value()))
  }
}

/// Implements `trawl_compiler_disable_includes`.
@_cdecl("trawl_compiler_disable_includes")
public func compilerDisableIncludes(_ compiler: OpaquePointer?) {
  Handle.optional(compiler, as: CompilerObject.self)?.includes = .disabled
}

/// Implements `trawl_compiler_set_include`.
@_cdecl("trawl_compiler_set_include")
public func compilerSetInclude(
  _ compiler: OpaquePointer?,
  _ callback: (
    @convention(c) (UnsafePointer<CChar>?, UnsafeMutableRawPointer?) -> UnsafePointer<CChar>?
  )?,
  _ user: UnsafeMutableRawPointer?, _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  attempt(error) {
    let compiler: CompilerObject = try Handle.object(compiler, "compiler")
    guard let callback else { throw Failure.null("callback") }
    // libyara asks on the thread that compiles.
    nonisolated(unsafe) let user = user
    compiler.includes = .provided { name in
      callback(name, user).map { RawPath(cString: $0).bytes }
    }
  }
}

/// Implements `trawl_compiler_warn_of_escapes`.
@_cdecl("trawl_compiler_warn_of_escapes")
public func compilerWarnOfEscapes(_ compiler: OpaquePointer?) {
  Handle.optional(compiler, as: CompilerObject.self)?.warnsOfEscapes = true
}

/// Implements `trawl_compiler_allow_nothing`.
@_cdecl("trawl_compiler_allow_nothing")
public func compilerAllowNothing(_ compiler: OpaquePointer?) {
  Handle.optional(compiler, as: CompilerObject.self)?.allowsNothing = true
}

/// Implements `trawl_compiler_set_cache`.
@_cdecl("trawl_compiler_set_cache")
public func compilerSetCache(
  _ compiler: OpaquePointer?, _ directory: UnsafePointer<CChar>?,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  attempt(error) {
    let compiler: CompilerObject = try Handle.object(compiler, "compiler")
    guard let directory else { throw Failure.null("directory") }
    compiler.cache = CacheDirectory(RawPath(cString: directory))
  }
}

/// Implements `trawl_compiler_build`.
@_cdecl("trawl_compiler_build")
public func compilerBuild(
  _ compiler: OpaquePointer?, _ engine: UnsafeMutablePointer<OpaquePointer?>?,
  _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  attempt(error) {
    let compiler: CompilerObject = try Handle.object(compiler, "compiler")
    let engine = try target(engine, "engine")
    engine.pointee = Handle.retaining(try compiler.engine())
  }
}

/// Implements `trawl_compiler_free`.
@_cdecl("trawl_compiler_free")
public func compilerFree(_ compiler: OpaquePointer?) {
  Handle.release(compiler, as: CompilerObject.self)
}
