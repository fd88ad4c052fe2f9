import Bytes
internal import CHyperscan
import Glibc
import Locks

/// Literals compiled by Hyperscan. Shared by threads.
final class HyperscanDatabase: @unchecked Sendable {
  private let pointer: OpaquePointer
  /// The numbers of the searched expressions.
  private(set) var compiled: [Int32] = []
  /// Its number among all databases of this process, which is unique, while an address may be reused.
  private let number = HyperscanDatabase.count.withLock { count in
    count += 1
    return count
  }
  private static let count = Locked(0)

  /// The version of the library; nil where there is none, or the processor cannot run it.
  static var libraryVersion: String? { trawl_hs_version().map { String(cString: $0) } }

  /// A literal, and the number under which its matches are reported.
  struct Entry {
    let number: Int32
    let bytes: [UInt8]
    let ignoresCase: Bool
    /// Whether one match of a piece is enough.
    let isSingle: Bool
  }

  /// Minimum number of literals for the cache: fewer compile faster than a file is read.
  private static let fewestToCache = 64

  /// Compiles literals, at least one; nil if the library cannot.
  init?(_ entries: [Entry], cache: CacheDirectory?) {
    guard let version = Self.libraryVersion, !entries.isEmpty else { return nil }
    guard let cache, entries.count >= Self.fewestToCache else {
      guard let made = Self.compile(entries) else { return nil }
      pointer = made
      return
    }
    let key = Self.key(entries, version)
    let stored = cache.entry(for: key)?.withUnsafeBytes { bytes in
      bytes.isEmpty
        ? nil
        : trawl_hs_deserialize(
          bytes.baseAddress!.assumingMemoryBound(to: CChar.self), bytes.count)
    }
    if let stored = stored ?? nil {
      pointer = stored
      return
    }
    guard let made = Self.compile(entries) else { return nil }
    pointer = made
    var length = 0
    if let bytes = trawl_hs_serialize(made, &length) {
      cache.keep(Array(UnsafeRawBufferPointer(start: bytes, count: length)), for: key)
      free(bytes)
    }
  }

  /// Compiles expressions whose matches are reported once each. Those that the library rejects are left
  /// out, and the numbers of the others are in ``compiled``. Nil if none is left.
  init?(expressions: [(number: Int32, expression: String)]) {
    var rest = expressions
    while !rest.isEmpty {
      let (made, refused) = Self.compile(rest)
      if let made {
        pointer = made
        compiled = rest.map(\.number)
        return
      }
      guard let refused else { return nil }
      rest.remove(at: refused)
    }
    return nil
  }

  deinit { trawl_hs_free_database(pointer) }

  /// The database, or the place of the expression that is refused.
  private static func compile(_ expressions: [(number: Int32, expression: String)])
    -> (OpaquePointer?, refused: Int?)
  {
    var bytes: [CChar] = []
    var starts: [Int] = []
    for (_, expression) in expressions {
      starts.append(bytes.count)
      bytes += expression.utf8.map { CChar(bitPattern: $0) } + [0]
    }
    let flags = UInt32(trawl_hs_dot_all) | UInt32(trawl_hs_single_match)
    var refused: Int32 = -1
    let made = bytes.withUnsafeBufferPointer { bytes in
      let texts = starts.map { UnsafePointer<CChar>(bytes.baseAddress! + $0) }
      return trawl_hs_compile_expressions(
        texts, Array(repeating: flags, count: texts.count), expressions.map { UInt32($0.number) },
        UInt32(texts.count), &refused)
    }
    return (made, expressions.indices.contains(Int(refused)) ? Int(refused) : nil)
  }

  /// Everything that the database depends on, except the processor, which the library checks itself.
  private static func key(_ entries: [Entry], _ version: String) -> [UInt8] {
    var key = Array("literals \(version)\n".utf8)
    for entry in entries {
      key += "\(entry.number) \(entry.ignoresCase) \(entry.isSingle) \(entry.bytes.count) ".utf8
      key += entry.bytes
    }
    return key
  }

  private static func compile(_ entries: [Entry]) -> OpaquePointer? {
    var bytes: [CChar] = []
    var starts: [Int] = []
    for entry in entries {
      starts.append(bytes.count)
      bytes += entry.bytes.map { CChar(bitPattern: $0) }
    }
    let flags = entries.map { entry in
      UInt32(entry.ignoresCase ? trawl_hs_caseless : 0)
        | UInt32(entry.isSingle ? trawl_hs_single_match : 0)
    }
    return bytes.withUnsafeBufferPointer { bytes in
      let texts = starts.map { UnsafePointer<CChar>(bytes.baseAddress! + $0) }
      return trawl_hs_compile(
        texts, entries.map(\.bytes.count), flags, entries.map { UInt32($0.number) },
        UInt32(entries.count))
    }
  }

  /// Memory that a worker needs for searches, and that grows with the databases.
  struct Scratch: ~Copyable {
    fileprivate var pointer: OpaquePointer?
    /// The databases for which it is large enough; the library takes as long to answer as for a small item.
    fileprivate var fits: Set<Int> = []
    init() {}
    deinit { if let pointer { trawl_hs_free_scratch(pointer) } }
  }

  /// Makes `scratch` fit; false when memory is short.
  func grow(_ scratch: inout Scratch) -> Bool {
    if scratch.fits.contains(number) { return true }
    guard trawl_hs_grow_scratch(pointer, &scratch.pointer) == Int32(trawl_hs_success) else {
      return false
    }
    scratch.fits.insert(number)
    return true
  }

  /// Searches for the literals in `bytes`, at most 1 GiB. Returns false if the library failed, or there were too many
  /// hits, so that no literal is known to be absent.
  func search(
    _ bytes: UnsafeRawBufferPointer, _ scratch: borrowing Scratch, _ matches: inout MatchReceiver
  ) -> Bool {
    guard let base = bytes.baseAddress, !bytes.isEmpty else { return true }
    guard let scratch = scratch.pointer, bytes.count <= 1 << 30 else { return false }
    return withUnsafeMutablePointer(to: &matches) { matches in
      trawl_hs_scan(
        pointer, base.assumingMemoryBound(to: CChar.self), UInt32(bytes.count), scratch,
        { number, _, end, _, matches in
          matches!.assumingMemoryBound(to: MatchReceiver.self).pointee
            .receive(Int32(bitPattern: number), end: Int(end)) ? 0 : 1
        }, matches) == Int32(trawl_hs_success)
    }
  }
}

extension HyperscanDatabase {
  /// Searches for expressions in `bytes`, at most 1 GiB, and adds the numbers of those that match to `found`.
  /// Returns false if the library failed.
  func search(
    _ bytes: UnsafeRawBufferPointer, _ scratch: borrowing Scratch, found: inout BitSet
  ) -> Bool {
    guard let base = bytes.baseAddress, !bytes.isEmpty else { return true }
    guard let scratch = scratch.pointer, bytes.count <= 1 << 30 else { return false }
    return withUnsafeMutablePointer(to: &found) { found in
      trawl_hs_scan(
        pointer, base.assumingMemoryBound(to: CChar.self), UInt32(bytes.count), scratch,
        { number, _, _, _, found in
          found!.assumingMemoryBound(to: BitSet.self).pointee.insert(Int(number))
          return 0
        }, found) == Int32(trawl_hs_success)
    }
  }
}

/// A piece of an item in which literals are searched.
struct SearchedPiece {
  var bytes: UnsafeRawBufferPointer
  /// Nothing lies before it.
  var isFirst: Bool
  /// Nothing lies behind it.
  var isLast: Bool
}

/// Receives the matches of one search, and records those with the required context.
struct MatchReceiver {
  let hits: UnsafeMutablePointer<HitSet>
  let contexts: ContextTable
  let piece: SearchedPiece

  /// Records a match. Returns whether the search continues.
  func receive(_ number: Int32, end: Int) -> Bool {
    guard hits.pointee.spend() else { return false }
    guard !hits.pointee.contains(number) || number == hits.pointee.versionHeader else {
      return true
    }
    guard contexts.allows(number, endingAt: end, in: piece) else { return true }
    hits.pointee.insert(number, end: end)
    return true
  }
}
