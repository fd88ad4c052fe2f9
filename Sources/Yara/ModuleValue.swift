internal import CYara

/// Value computed by a module, copied from libyara's objects. Undefined values are omitted.
public indirect enum ModuleValue: Hashable, Sendable {
  case integer(Int64)
  case float(Double)
  case string([UInt8])
  case structure([String: ModuleValue])
  /// Undefined elements are nil, so that indices are preserved.
  case array([ModuleValue?])
  case dictionary([String: ModuleValue])

  /// Member of a structure or dictionary; nil if there is none.
  public subscript(_ key: String) -> ModuleValue? {
    switch self {
    case .structure(let members), .dictionary(let members): members[key]
    case .integer, .float, .string, .array: nil
    }
  }

  /// String as text; bytes that are not UTF-8 are replaced.
  public var text: String? {
    guard case .string(let bytes) = self else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// A top-level field of a module, such as `version_info` of `pe`.
public struct ModuleField: Hashable, Sendable {
  /// Name of the module in `import`.
  public let module: String
  /// The field.
  public let field: String

  /// The field called `field` of `module`.
  public init(module: String, field: String) {
    self.module = module
    self.field = field
  }
}

extension ModuleValue {
  /// Copies a member of a structure; nil if it is missing or undefined.
  init?(field: String, of structure: UnsafeMutablePointer<YR_OBJECT>) {
    var next = trawl_yara_members(structure)
    while let member = next {
      if let child = member.pointee.object, strcmp(child.pointee.identifier, field) == 0 {
        self.init(child)
        return
      }
      next = member.pointee.next
    }
    return nil
  }

  /// Copies an object; nil if it is undefined or a function. Objects come from hostile files, so
  /// the depth is bounded: libyara's own declarations nest at most five deep.
  init?(_ object: UnsafeMutablePointer<YR_OBJECT>, depth: Int = 0) {
    guard depth < 16 else { return nil }
    switch Int32(object.pointee.type) {
    case OBJECT_TYPE_INTEGER:
      let value = trawl_yara_object_integer(object)
      guard value != trawl_yara_undefined() else { return nil }
      self = .integer(value)
    case OBJECT_TYPE_FLOAT:
      let value = trawl_yara_object_float(object)
      guard !value.isNaN else { return nil }
      self = .float(value)
    case OBJECT_TYPE_STRING:
      var bytes: UnsafePointer<CChar>?
      let count = trawl_yara_object_string(object, &bytes)
      guard count >= 0 else { return nil }
      self = .string(Array(UnsafeRawBufferPointer(start: bytes, count: Int(count))))
    case OBJECT_TYPE_STRUCTURE:
      var members = [String: ModuleValue]()
      var next = trawl_yara_members(object)
      while let member = next {
        if let child = member.pointee.object, let value = ModuleValue(child, depth: depth + 1) {
          members[String(cString: child.pointee.identifier)] = value
        }
        next = member.pointee.next
      }
      self = .structure(members)
    case OBJECT_TYPE_ARRAY:
      self = .array(
        (0..<trawl_yara_array_count(object)).map { index in
          trawl_yara_array_item(object, index).flatMap { ModuleValue($0, depth: depth + 1) }
        })
    case OBJECT_TYPE_DICTIONARY:
      var entries = [String: ModuleValue]()
      for index in 0..<trawl_yara_dictionary_count(object) {
        var key: UnsafePointer<CChar>?
        var length: UInt32 = 0
        guard let child = trawl_yara_dictionary_item(object, index, &key, &length),
          let value = ModuleValue(child, depth: depth + 1)
        else { continue }
        let bytes = UnsafeRawBufferPointer(start: key, count: Int(length))
        entries[String(decoding: bytes, as: UTF8.self)] = value
      }
      self = .dictionary(entries)
    default: return nil
    }
  }
}
