import Bytes
internal import CHyperscan
import Glibc

/// Some literals of a table, compiled for a pass over bytes. Shared by threads.
final class LiteralDatabase: @unchecked Sendable {
  /// Which literals of the table are looked for, a bit each.
  let searched: BitSet
  /// Strided literals among them.
  let strided: [Int32]
  /// The header that strided ones come behind.
  let versionHeader: Int32?
  /// The longest extent of a literal: pieces of an item overlap by one byte less.
  let greatestExtent: Int
  private let pointer: OpaquePointer?

  /// Whether there is nothing to look for.
  var isEmpty: Bool { pointer == nil }

  /// Whether there is a library to search with, and its version.
  static var libraryVersion: String? { trawl_hs_version().map { String(cString: $0) } }

  /// Compiles the literals with these numbers; nil when the library will not.
  init?(_ numbers: some Sequence<Int32>, of table: LiteralTable, cache: CacheDirectory?) {
    var searched = BitSet(count: table.literals.count)
    var strided: [Int32] = []
    var plain: [Int32] = []
    for number in numbers where !searched.contains(Int(number)) {
      searched.insert(Int(number))
      if table[number].isStrided { strided.append(number) } else { plain.append(number) }
    }
    var header: Int32?
    if !strided.isEmpty {
      header = table.literals.firstIndex(of: LiteralTable.versionHeader).map(Int32.init)
      guard let header else { return nil }
      if !searched.contains(Int(header)) {
        searched.insert(Int(header))
        plain.append(header)
      }
    }
    plain.sort()
    self.searched = searched
    self.strided = strided
    versionHeader = header
    greatestExtent = (plain + strided).map { table[$0].extent }.max() ?? 1
    guard !plain.isEmpty else {
      pointer = nil
      return
    }
    guard let made = Self.compile(plain, table, cache) else { return nil }
    pointer = made
  }

  deinit { if let pointer { trawl_hs_free_database(pointer) } }

  /// Fewer literals compile faster than a file is read.
  private static let fewestToCache = 64

  private static func compile(
    _ plain: [Int32], _ table: LiteralTable, _ cache: CacheDirectory?
  ) -> OpaquePointer? {
    guard let cache, plain.count >= fewestToCache else { return compile(plain, table) }
    let key = key(plain, table)
    let stored = cache.entry(for: key)?.withUnsafeBytes { bytes in
      bytes.isEmpty
        ? nil
        : trawl_hs_deserialize(
          bytes.baseAddress!.assumingMemoryBound(to: CChar.self), bytes.count)
    }
    if let stored = stored ?? nil { return stored }
    guard let made = compile(plain, table) else { return nil }
    var length = 0
    if let bytes = trawl_hs_serialize(made, &length) {
      cache.keep(Array(UnsafeRawBufferPointer(start: bytes, count: length)), for: key)
      free(bytes)
    }
    return made
  }

  /// All that the database depends on but the processor, which the library checks itself.
  private static func key(_ plain: [Int32], _ table: LiteralTable) -> [UInt8] {
    var key = Array("literals \(libraryVersion ?? "")\n".utf8)
    for number in plain {
      let literal = table[number]
      key += "\(number) \(literal.ignoresCase) \(literal.bytes.count) ".utf8
      key += literal.bytes
    }
    return key
  }

  private static func compile(_ plain: [Int32], _ table: LiteralTable) -> OpaquePointer? {
    var bytes: [CChar] = []
    var starts: [Int] = []
    for number in plain {
      starts.append(bytes.count)
      bytes += table[number].bytes.map { CChar(bitPattern: $0) }
    }
    let lengths = plain.map { table[$0].bytes.count }
    let flags = plain.map { number in
      UInt32(table[number].ignoresCase ? trawl_hs_caseless : 0)
        | UInt32(trawl_hs_single_match)
    }
    return bytes.withUnsafeBufferPointer { bytes in
      let texts = starts.map { UnsafePointer<CChar>(bytes.baseAddress! + $0) }
      return trawl_hs_compile(
        texts, lengths, flags, plain.map { UInt32($0) }, UInt32(plain.count))
    }
  }

  /// Scratch that a worker needs for databases, and grows with them.
  struct Scratch: ~Copyable {
    fileprivate var pointer: OpaquePointer?
    init() {}
    deinit { if let pointer { trawl_hs_free_scratch(pointer) } }
  }

  /// Makes `scratch` fit; false when memory is short.
  func grow(_ scratch: inout Scratch) -> Bool {
    guard let pointer else { return true }
    return trawl_hs_grow_scratch(pointer, &scratch.pointer) == Int32(trawl_hs_success)
  }

  /// Looks for the literals that are not strided in `bytes`, at most 1 GiB. Answers false when the
  /// library failed, so that nothing is known to be absent.
  func search(
    _ bytes: UnsafeRawBufferPointer, _ scratch: borrowing Scratch, hits: inout HitSet
  ) -> Bool {
    guard let pointer, let base = bytes.baseAddress, !bytes.isEmpty else { return true }
    guard let scratch = scratch.pointer else { return false }
    return withUnsafeMutablePointer(to: &hits) { hits in
      trawl_hs_scan(
        pointer, base.assumingMemoryBound(to: CChar.self), UInt32(bytes.count), scratch,
        { number, _, end, _, hits in
          hits!.assumingMemoryBound(to: HitSet.self).pointee.insert(Int32(number), end: Int(end))
          return 0
        }, hits) == Int32(trawl_hs_success)
    }
  }

  /// Looks for the strided literals, from the first version header on; pieces must come in order, each
  /// after its ``search(_:_:hits:)``.
  func searchStrided(
    _ bytes: UnsafeRawBufferPointer, _ literals: LiteralTable, hits: inout HitSet
  ) {
    guard !strided.isEmpty, let end = hits.endOfVersionHeader else { return }
    let start = max(0, end - LiteralTable.versionHeader.bytes.count)
    let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
    for literal in strided where !hits.contains(literal) {
      if StridedSearch.contains(literals[literal], rest) { hits.insert(literal, end: 0) }
    }
    // The next piece lies behind the header altogether.
    hits.endOfVersionHeader = 0
  }
}
