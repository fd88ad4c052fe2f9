import Bytes
import Evidence

/// Reader of a registry hive (regf), limited to keys by name, lists of keys, and values.
///
/// Written in Swift because a C parser of hostile bytes must not run in this process. Nothing
/// recurses, so no path is deeper than its caller requests. Every key, value and piece of data
/// read counts as a step, and steps are limited, so cyclic lists end. ``RecoveredHive`` applies
/// transaction logs before.
///
/// Maxim Suhanov, "Windows registry file format specification" (github.com/msuhanov/regf).
struct RegistryHive {
  private let bytes: HiveBytes
  private var steps: Int
  /// Description of the first defect found; nil if there was none.
  private(set) var damage: String?
  /// Whether the last write was not completed: the newest changes are in the transaction logs
  /// ("Dirty state of a hive").
  let isDirty: Bool
  /// Root key, under its given name.
  let root: RegistryKey

  /// Limit of steps, more than ten products a day for a hundred years need: the number of steps
  /// depends on the installed programs, not on the size of the hive.
  static let mostSteps = 500_000
  /// Longest text in bytes that is read; longer ones are truncated.
  static let mostBytes = 2048

  /// Opens the hive in `bytes`, with its root called `name` in paths; throws if there is no root.
  init(_ bytes: UnsafeRawBufferPointer, name: String) throws(ItemProblem) {
    self.bytes = HiveBytes(bytes)
    steps = Self.mostSteps
    guard let rootOffset: UInt32 = self.bytes.number(36),
      let length: UInt32 = self.bytes.number(40),
      let cell = self.bytes.cell(rootOffset), let root = RegistryKey(cell, above: "", root: name)
    else {
      throw ItemProblem(
        .unreadable,
        "the registry hive is damaged: it has no root key; check its backup in RegBack")
    }
    self.root = root
    isDirty = Self.isDirty(bytes)
    let missing = HiveBytes.baseLength + Int(length) - bytes.count
    if missing > 0 { damage = "\(missing) bytes are missing at its end" }
  }

  /// Whether the last write of the hive in `bytes` was not completed.
  static func isDirty(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let base = HiveBytes(bytes)
    let primary: UInt32? = base.number(4)
    return primary != base.number(8) || !base.isChecksumValid
  }

  // MARK: Keys

  /// Keys directly below `key`, in list order.
  mutating func subkeys(of key: RegistryKey) -> [RegistryKey] {
    guard key.subkeyCount > 0 else { return [] }
    var keys = [RegistryKey]()
    for leaf in leaves(of: key) {
      // An empty list counts as a step, too: an index root may refer to it repeatedly.
      guard spendSteps(1, key) else { return keys }
      for offset in elements(of: leaf, key) {
        guard spendSteps(1, key) else { return keys }
        guard let cell = bytes.cell(offset), let subkey = RegistryKey(cell, above: key.path) else {
          note("a key below \(key.path) cannot be read")
          continue
        }
        guard spendSteps(subkey.path.utf8.count / 16, key) else { return keys }
        if subkey.parent != key.offset { note("\(subkey.path) belongs to another key") }
        keys.append(subkey)
      }
    }
    if keys.count != key.subkeyCount { note("keys below \(key.path) are missing") }
    return keys
  }

  /// Key at a path of names below `key`, ignoring case.
  mutating func key(_ path: [String], below key: RegistryKey) -> RegistryKey? {
    var key = key
    for name in path {
      guard let next = subkeys(of: key).first(where: { $0.name.isSame(as: name) }) else {
        return nil
      }
      key = next
    }
    return key
  }

  /// Leaf lists of keys: one, or those of an index root, which must not refer to another index
  /// root ("Index root").
  private mutating func leaves(of key: RegistryKey) -> [HiveCell] {
    guard let list = bytes.cell(key.subkeyList) else {
      note("the key list below \(key.path) cannot be read")
      return []
    }
    guard list.isRecord("ri") else { return [list] }
    return elements(of: list, key).compactMap { bytes.cell($0) }
  }

  /// Elements of a list of subkeys: `li` and `ri` hold offsets; `lf` and `lh` add a hint to each.
  private mutating func elements(of list: HiveCell, _ key: RegistryKey) -> [UInt32] {
    let width: Int
    if list.isRecord("lf") || list.isRecord("lh") {
      width = 8
    } else if list.isRecord("li") || list.isRecord("ri") {
      width = 4
    } else {
      note("the key list below \(key.path) is invalid")
      return []
    }
    let count = min(Int(list.number(2) ?? UInt16(0)), (list.bytes.count - 4) / width)
    return (0..<count).compactMap { list.number(4 + $0 * width) }
  }

  // MARK: Values

  /// The values of `key`.
  mutating func values(of key: RegistryKey) -> [RegistryValue] {
    guard key.valueCount > 0 else { return [] }
    var values = [RegistryValue]()
    if let list = bytes.cell(key.valueList) {
      for index in 0..<min(Int(key.valueCount), list.bytes.count / 4) {
        guard spendSteps(1, key) else { return values }
        guard let offset: UInt32 = list.number(4 * index), let cell = bytes.cell(offset),
          let value = RegistryValue(cell)
        else { continue }
        guard spendSteps(value.name.utf8.count / 16, key) else { return values }
        values.append(value)
      }
    }
    if values.count != key.valueCount { note("values of \(key.path) cannot be read") }
    return values
  }

  /// Texts among the values of `key`, by their lower-case names.
  mutating func texts(of key: RegistryKey) -> [String: String] {
    var texts = [String: String]()
    for value in values(of: key) {
      texts[value.name.lowercased()] = text(of: value, key)
    }
    return texts
  }

  /// Text of a value; nil if it is not a text, or empty.
  mutating func text(of value: RegistryValue, _ key: RegistryKey) -> String? {
    guard RegistryValue.texts.contains(value.type) else { return nil }
    let text = data(of: value, key).withUnsafeBytes { String(utf16: $0) }
    return text.isEmpty ? nil : text
  }

  /// Texts of a value that is a list of them.
  mutating func textList(of value: RegistryValue, _ key: RegistryKey) -> [String] {
    guard value.type == RegistryValue.textList else { return [] }
    return data(of: value, key).withUnsafeBytes { bytes in
      let units = (0..<(bytes.count / 2)).map { bytes.little(2 * $0) ?? UInt16(0) }
      return units.split(separator: 0).map { String(decoding: $0, as: UTF16.self) }
    }
  }

  /// Number of a value; nil if it is not a number.
  func number(of value: RegistryValue) -> UInt32? {
    value.type == RegistryValue.number && value.isResident && value.size == 4 ? value.data : nil
  }

  /// Value with this name, ignoring case.
  mutating func value(_ name: String, of key: RegistryKey) -> RegistryValue? {
    values(of: key).first { $0.name.isSame(as: name) }
  }

  /// First bytes of the data, at most ``mostBytes``.
  private mutating func data(of value: RegistryValue, _ key: RegistryKey) -> [UInt8] {
    let size = min(value.size, Self.mostBytes)
    guard size > 0, spendSteps(1 + size / 64, key) else { return [] }
    if value.isResident {
      return withUnsafeBytes(of: value.data.littleEndian) { Array($0.prefix(size)) }
    }
    guard let first = bytes.cell(value.data) else {
      note("a value of \(key.path) cannot be read")
      return []
    }
    let cell = isBig(value, first) ? segment(of: first) : first
    let data = cell.map { Array($0.bytes.prefix(size)) } ?? []
    if data.count < size { note("a value of \(key.path) cannot be read") }
    return data
  }

  /// Size in bytes of the segments of data that does not fit into one cell ("Big data"; libregf,
  /// "Data block").
  private static let segmentLength = 16344

  /// Hives before 1.4 have no big data: there a cell that begins with its letters holds the data itself.
  private func isBig(_ value: RegistryValue, _ cell: HiveCell) -> Bool {
    value.size > Self.segmentLength && cell.isRecord("db")
      && bytes.number(Self.minorVersion, as: UInt32.self) ?? 0 > 3
  }

  /// Offset of the minor version in the base block ("Base block").
  private static let minorVersion = 24

  /// First segment of big data, which is longer than ``mostBytes``.
  private func segment(of record: HiveCell) -> HiveCell? {
    guard let list: UInt32 = record.number(4), let first: UInt32 = bytes.cell(list)?.number(0)
    else { return nil }
    return bytes.cell(first)
  }

  // MARK: Bounds

  /// Records the first defect.
  private mutating func note(_ what: String) { damage = damage ?? what }

  private mutating func spendSteps(_ count: Int, _ key: RegistryKey) -> Bool {
    guard steps >= count else {
      note(
        "the search stopped at \(key.path) after \(Self.mostSteps) steps: no ordinary hive needs that many"
      )
      return false
    }
    steps -= count
    return true
  }
}

extension String {
  /// Whether both are equal, ignoring the case of ASCII letters.
  func isSame(as other: String) -> Bool {
    utf8.count == other.utf8.count
      && zip(utf8, other.utf8).allSatisfy { $0 == $1 || $0.lowercase == $1.lowercase }
  }
}

extension UInt8 {
  /// Lower-case form of an ASCII letter; other bytes unchanged.
  var lowercase: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }
}
