internal import CYara

/// The frame of a compiled rule file, checked before libyara takes it: a header, the buffers, and a
/// table of every place in them that holds a pointer (arena.c of 4.2.3).
///
/// libyara reads that table to the end of the file, wherever that is: of a file that was cut short
/// there it uses file offsets as addresses, and the process ends in the next scan.
struct CompiledData {
  private let bytes: [UInt8]
  /// Where each buffer lies in the file.
  private var buffers: [Range<Int>] = []
  /// For each byte of the file, whether a pointer begins there.
  private var pointers: [Bool]

  /// Throws unless the data is whole. Data that libyara refuses by itself passes.
  static func check(_ bytes: [UInt8], _ message: @autoclosure () -> String) throws(YaraError) {
    guard bytes.count > headerSize, bytes[4] == UInt8(YR_ARENA_FILE_VERSION) else { return }
    var data = CompiledData(bytes)
    guard data.readBuffers(), data.readPointers(), data.hasPointersOfTables() else {
      try YaraError.check(ERROR_CORRUPT_FILE, message())
      return
    }
  }

  private init(_ bytes: [UInt8]) {
    self.bytes = bytes
    pointers = Array(repeating: false, count: bytes.count)
  }

  private static let headerSize = 6

  private func integer<Value: FixedWidthInteger>(_ type: Value.Type, at offset: Int) -> Value {
    (0..<MemoryLayout<Value>.size).reduce(0) { $0 | Value(bytes[offset + $1]) << (8 * $1) }
  }

  /// The table of buffers: an offset of eight bytes and a size of four for each.
  private mutating func readBuffers() -> Bool {
    let count = Int(bytes[5])
    var end = Self.headerSize + 12 * count
    guard count >= Int(YR_NUM_SECTIONS), end <= bytes.count else { return false }
    for index in 0..<count {
      let entry = Self.headerSize + 12 * index
      let size = Int(integer(UInt32.self, at: entry + 8))
      guard integer(UInt64.self, at: entry) == UInt64(end), size <= bytes.count - end else {
        return false
      }
      buffers.append(end..<end + size)
      end += size
    }
    return true
  }

  /// The table of pointers: a buffer and an offset in it, four bytes each. What the pointer leads to
  /// stands at that place in the same form, all ones for NULL.
  private mutating func readPointers() -> Bool {
    let start = buffers[buffers.count - 1].upperBound
    guard (bytes.count - start) % 8 == 0 else { return false }
    for entry in stride(from: start, to: bytes.count, by: 8) {
      guard let place = place(at: entry), place.offset + 8 <= buffers[place.buffer].upperBound
      else { return false }
      pointers[place.offset] = true
      guard integer(UInt64.self, at: place.offset) == .max || self.place(at: place.offset) != nil
      else { return false }
    }
    return true
  }

  /// The buffer and the offset in the file that the eight bytes at `entry` name.
  private func place(at entry: Int) -> (buffer: Int, offset: Int)? {
    let buffer = Int(integer(UInt32.self, at: entry))
    let offset = Int(integer(UInt32.self, at: entry + 4))
    guard buffer < buffers.count, offset <= buffers[buffer].count else { return nil }
    return (buffer, buffers[buffer].lowerBound + offset)
  }

  /// Whether the pointers of every rule, string and so on are in the table, and every string is
  /// used by the code of its rule. The table is in the order of compilation, so that what is cut off
  /// belongs to the last rules.
  private func hasPointersOfTables() -> Bool {
    let rules = hasPointers(
      YR_RULES_TABLE, stride: MemoryLayout<YR_RULE>.stride, at: [8, 16, 24, 32, 40], leaving: 1)
    let metas = hasPointers(YR_METAS_TABLE, stride: MemoryLayout<YR_META>.stride, at: [0, 8])
    let strings = hasPointers(
      YR_STRINGS_TABLE, stride: MemoryLayout<YR_STRING>.stride, at: [24, 32, 48])
    let matches = hasPointers(
      YR_AC_STATE_MATCHES_POOL, stride: MemoryLayout<YR_AC_MATCH>.stride, at: [0, 8, 16, 24])
    let namespaces = hasPointers(
      YR_NAMESPACES_TABLE, stride: MemoryLayout<YR_NAMESPACE>.stride, at: [0])
    return rules && metas && strings && matches && namespaces && codeUsesStrings()
  }

  /// Whether each struct of a buffer has its pointers in the table, but for so many at the end.
  private func hasPointers(
    _ buffer: Int32, stride size: Int, at offsets: [Int], leaving last: Int = 0
  ) -> Bool {
    let range = buffers[Int(buffer)]
    return stride(from: range.lowerBound, through: range.upperBound - size * (last + 1), by: size)
      .allSatisfy { start in offsets.allSatisfy { pointers[start + $0] } }
  }

  private func codeUsesStrings() -> Bool {
    var used = Set<Int>()
    for offset in buffers[Int(YR_CODE_SECTION)] where pointers[offset] {
      if let place = place(at: offset), place.buffer == Int(YR_STRINGS_TABLE) {
        used.insert(place.offset)
      }
    }
    let range = buffers[Int(YR_STRINGS_TABLE)]
    return stride(from: range.lowerBound, to: range.upperBound, by: MemoryLayout<YR_STRING>.stride)
      .allSatisfy { string in
        // A later part of a string that was split is reached through the part before it.
        used.contains(string) || integer(UInt64.self, at: string + 32) != .max
      }
  }
}
