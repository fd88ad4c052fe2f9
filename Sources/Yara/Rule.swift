internal import CYara

/// Identity and metadata of a rule.
public struct Rule: Hashable, Sendable {
  /// Its name.
  public let identifier: String
  /// Namespace, `default` unless another was given.
  public let namespace: String
  /// Its tags, in order.
  public let tags: [String]
  /// Its metadata, in order; a key may occur more than once.
  public let metadata: [Metadata]
  /// Whether it is `global`.
  public let isGlobal: Bool
  /// Whether it is `private`: never reported.
  public let isPrivate: Bool

  /// First text value under `key`.
  public func text(_ key: String) -> String? {
    for entry in metadata where entry.key == key {
      if case .string(let bytes) = entry.value { return String(decoding: bytes, as: UTF8.self) }
    }
    return nil
  }

  /// First boolean value under `key`.
  public func flag(_ key: String) -> Bool? {
    for entry in metadata where entry.key == key {
      if case .boolean(let value) = entry.value { return value }
    }
    return nil
  }
}

/// One line of a rule's `meta` section.
public struct Metadata: Hashable, Sendable {
  /// A typed value. Texts are bytes: a rule file need not be UTF-8.
  public enum Value: Hashable, Sendable {
    case integer(Int64)
    case boolean(Bool)
    case string([UInt8])
  }

  /// The key.
  public let key: String
  /// The value.
  public let value: Value
}

extension Rule {
  /// Copies the description of a compiled rule.
  init(_ rule: UnsafePointer<YR_RULE>) {
    identifier = String(cString: rule.pointee.identifier)
    namespace = String(cString: rule.pointee.ns.pointee.name)
    tags = Self.tags(of: rule)
    metadata = Self.metadata(of: rule)
    isGlobal = rule.pointee.flags & RULE_FLAGS_GLOBAL != 0
    isPrivate = rule.pointee.flags & RULE_FLAGS_PRIVATE != 0
  }

  /// Reads tags: NUL-terminated, one after the other, ended by an empty one
  /// (yr_rule_tags_foreach).
  private static func tags(of rule: UnsafePointer<YR_RULE>) -> [String] {
    guard var tag = rule.pointee.tags else { return [] }
    var tags = [String]()
    while tag.pointee != 0 {
      tags.append(String(cString: tag))
      tag += strlen(tag) + 1
    }
    return tags
  }

  private static func metadata(of rule: UnsafePointer<YR_RULE>) -> [Metadata] {
    var entries = [Metadata]()
    var next = rule.pointee.metas
    while let meta = next {
      let value: Metadata.Value =
        switch meta.pointee.type {
        case META_TYPE_INTEGER: .integer(meta.pointee.integer)
        case META_TYPE_BOOLEAN: .boolean(meta.pointee.integer != 0)
        default: .string(bytes(of: meta.pointee.string))
        }
      entries.append(Metadata(key: String(cString: meta.pointee.identifier), value: value))
      next = trawl_yara_next_meta(meta)
    }
    return entries
  }

  private static func bytes(of text: UnsafePointer<CChar>?) -> [UInt8] {
    guard let text else { return [] }
    return Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
  }
}
