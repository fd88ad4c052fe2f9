/// Knowledge about an item while its conditions are evaluated.
struct ItemView {
  /// Size in bytes, or the set of all sizes.
  var size: IntegerSet
  /// First bytes, valid during the evaluation of conditions.
  var head: UnsafeRawBufferPointer
  /// Last bytes, if they are known, valid as long.
  var tail = UnsafeRawBufferPointer(start: nil, count: 0)
  /// Knowledge about literals.
  var knowledge: Knowledge

  /// Knowledge about literals.
  enum Knowledge {
    /// Nothing.
    case none
    /// No literal occurs in the item.
    case absent
    /// The hits of a pass.
    case searched
  }

  /// Whether the head is the whole item.
  var headIsWhole: Bool { size.single.map { Int64(head.count) >= $0 } ?? false }

  /// Knowledge of nothing.
  static var unknown: ItemView {
    ItemView(size: IntegerSet(0 ... .max), head: .init(start: nil, count: 0), knowledge: .none)
  }

  /// The little-endian integer of `width` bytes at `offset`, if those bytes are known.
  func unsigned(_ width: Int, at offset: Int) -> UInt64? {
    guard let (bytes, start) = known(offset, width) else { return nil }
    var value: UInt64 = 0
    for index in 0..<width { value |= UInt64(bytes[start + index]) << UInt64(8 * index) }
    return value
  }

  /// The known bytes that hold `width` bytes at `offset`, and where in them these begin.
  private func known(_ offset: Int, _ width: Int) -> (bytes: UnsafeRawBufferPointer, start: Int)? {
    guard offset >= 0, offset <= Int.max - width else { return nil }
    if offset + width <= head.count { return (head, offset) }
    guard !tail.isEmpty, let size = size.single, let end = Int(exactly: size) else { return nil }
    let start = offset - (end - tail.count)
    return start >= 0 && start + width <= tail.count ? (tail, start) : nil
  }

  /// Whether every byte from `first` to `last` is known.
  func knows(from first: Int64, to last: Int64) -> Bool {
    if last < Int64(head.count) { return true }
    guard let size = size.single else { return false }
    return !tail.isEmpty && first >= size - Int64(tail.count) && last < size
  }

  // MARK: Headers

  /// Whether the first bytes are a header that a module requires.
  enum Presence { case no, maybe }

  func header(_ header: Header) -> Presence {
    switch header {
    case .none: .maybe
    case .portableExecutable: portableExecutable == nil ? .no : .maybe
    case .signedPortableExecutable: hasCertificates ? .maybe : .no
    case .elf: isELF ? .maybe : .no
    case .machO: isMachO ? .maybe : .no
    case .machOOrUniversal: isMachO || isUniversal ? .maybe : .no
    }
  }

  private func begins(with bytes: [UInt8]) -> Bool {
    for (index, byte) in bytes.enumerated() {
      guard index < head.count else { return !headIsWhole }
      if head[index] != byte { return false }
    }
    return true
  }

  private func isShorter(than count: Int64) -> Bool {
    size.range.map { $0.upperBound < count } ?? false
  }

  /// The offset of the PE header; -1 if it is not in the first bytes, nil if there is none.
  private var portableExecutable: Int? {
    guard begins(with: [0x4D, 0x5A]), !isShorter(than: 64) else { return nil }
    guard let offset = unsigned(4, at: 60).map({ Int(Int32(truncatingIfNeeded: $0)) }) else {
      return -1
    }
    // 24 bytes of headers, and the smaller optional header.
    guard offset >= 0, !isShorter(than: Int64(offset) + 24 + 224) else { return nil }
    if let signature = unsigned(4, at: offset), signature != 0x4550 { return nil }
    return offset
  }

  /// Whether the data directory names certificates. Its fifth entry is 128 bytes behind the start of
  /// the optional header, or 144 in that of 64-bit files (PE format, Optional Header Data Directories).
  private var hasCertificates: Bool {
    guard let offset = portableExecutable else { return false }
    guard offset >= 0, let magic = unsigned(2, at: offset + 24),
      let start = unsigned(4, at: offset + 24 + (magic == 0x20B ? 144 : 128))
    else { return true }
    return start != 0
  }

  private var isELF: Bool {
    guard begins(with: [0x7F, 0x45, 0x4C, 0x46]) else { return false }
    guard head.count >= 6 else { return true }
    return (head[4] == 1 || head[4] == 2) && (head[5] == 1 || head[5] == 2)
  }

  private var isMachO: Bool {
    guard let magic = unsigned(4, at: 0) else { return !headIsWhole }
    return [0xFEED_FACE, 0xFEED_FACF, 0xCEFA_EDFE, 0xCFFA_EDFE].contains(magic)
  }

  private var isUniversal: Bool {
    guard let magic = unsigned(4, at: 0) else { return !headIsWhole }
    return [0xCAFE_BABE, 0xCAFE_BABF, 0xBEBA_FECA, 0xBFBA_FECA].contains(magic)
  }

  /// Whether libyara may find an entry point: only in executables of two kinds (exefiles.c).
  var mayHaveEntryPoint: Bool {
    begins(with: [0x4D, 0x5A]) || begins(with: [0x7F, 0x45, 0x4C, 0x46])
  }
}
