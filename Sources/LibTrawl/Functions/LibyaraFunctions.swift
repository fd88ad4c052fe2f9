public import CTrawl
import Yara

/// Implements `trawl_libyara_configure`.
@_cdecl("trawl_libyara_configure")
public func libyaraConfigure(
  _ setting: Int32, _ value: UInt32, _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> trawl_status {
  attempt(error) {
    switch Int(setting) {
    case Int(TRAWL_STACK_SIZE): try Library.setStackSize(value)
    case Int(TRAWL_MAXIMUM_STRINGS_PER_RULE): try Library.setMaximumStringsPerRule(value)
    case Int(TRAWL_MAXIMUM_MATCH_DATA): try Library.setMaximumMatchData(value)
    default: throw Failure(.invalidArgument, "setting is \(setting)")
    }
  }
}

/// Names of libyara's modules, for the life of the process.
private struct ModuleNames: @unchecked Sendable {
  private let arena = Arena()
  let texts: UnsafePointer<trawl_text>?
  let count: Int

  static let all = ModuleNames()

  private init() {
    let names = Library.moduleNames
    texts = arena.texts(names)
    count = names.count
  }
}

/// Implements `trawl_libyara_modules`.
@_cdecl("trawl_libyara_modules")
public func libyaraModules(_ count: UnsafeMutablePointer<Int>?) -> UnsafePointer<trawl_text>? {
  count?.pointee = ModuleNames.all.count
  return ModuleNames.all.texts
}
