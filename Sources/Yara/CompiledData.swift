internal import CYara

/// Checks the frame of a compiled rule file before libyara loads it: a header, the buffers, and
/// a table of every place in them that holds a pointer (arena.c).
///
/// libyara reads that table up to the end of the file. If the file is truncated there, libyara
/// uses file offsets as addresses, and the process crashes in the next scan.
struct CompiledData {
  private let bytes: [UInt8]
  /// Byte range of each buffer in the file.
  private var buffers: [Range<Int>] = []
  /// Whether a pointer begins at each byte of the file.
  private var pointers: [Bool]

  /// Throws unless the data is complete. Does not reject data that libyara itself rejects.
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

  /// Reads the table of buffers: an offset of eight bytes and a size of four for each.
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

  /// Reads the table of pointers: a buffer and an offset in it, four bytes each. The pointer's
  /// target is stored at that place in the same form; all ones for NULL.
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

  /// Buffer and file offset that the eight bytes at `entry` denote.
  private func place(at entry: Int) -> (buffer: Int, offset: Int)? {
    let buffer = Int(integer(UInt32.self, at: entry))
    let offset = Int(integer(UInt32.self, at: entry + 4))
    guard buffer < buffers.count, offset <= buffers[buffer].count else { return nil }
    return (buffer, buffers[buffer].lowerBound + offset)
  }

  /// Whether the table contains the pointers of every rule, string and so on, and every string is
  /// used by its rule's code. The table is in the order of compilation, so truncation affects the
  /// last rules.
  private func hasPointersOfTables() -> Bool {
    let firstOfRule = Int(trawl_yara_pointers_of_rule())
    let rules = hasPointers(
      YR_RULES_TABLE, stride: MemoryLayout<YR_RULE>.stride,
      at: (0..<5).map { firstOfRule + 8 * $0 }, leaving: 1)
    let metas = hasPointers(YR_METAS_TABLE, stride: MemoryLayout<YR_META>.stride, at: [0, 8])
    let strings = hasPointers(
      YR_STRINGS_TABLE, stride: MemoryLayout<YR_STRING>.stride,
      at: [trawl_yara_text_of_string(), trawl_yara_head_of_string(), trawl_yara_name_of_string()]
        .map { Int($0) })
    let matches = hasPointers(
      YR_AC_STATE_MATCHES_POOL, stride: MemoryLayout<YR_AC_MATCH>.stride, at: [0, 8, 16, 24])
    let namespaces = hasPointers(
      YR_NAMESPACES_TABLE, stride: MemoryLayout<YR_NAMESPACE>.stride, at: [0])
    return rules && metas && strings && matches && namespaces && codeUsesStrings()
  }

  /// Whether each struct of a buffer has its pointers in the table, except for a number of
  /// structs at the end.
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
    let head = Int(trawl_yara_head_of_string())
    return stride(from: range.lowerBound, to: range.upperBound, by: MemoryLayout<YR_STRING>.stride)
      .allSatisfy { string in
        // A later part of a split string is reached through the preceding part.
        used.contains(string) || integer(UInt64.self, at: string + head) != .max
      }
  }
}
