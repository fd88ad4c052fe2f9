import Evidence

/// A registry hive (regf) as what is looked for in it needs it: keys by their names, lists of keys, values.
///
/// Written here, since a C parser of hostile bytes must not run in this process. What bounds it: no way through it
/// is deeper than what a caller asks for, as nothing recurses; every key, value and piece of data that is looked at
/// is a step, and the steps are counted, so that lists that lead in circles end. Transaction logs are not applied.
///
/// Maxim Suhanov, "Windows registry file format specification" (github.com/msuhanov/regf).
struct RegistryHive {
  private let bytes: HiveBytes
  private var steps: Int
  /// The first thing that was wrong on the way, in words; nil if there was nothing.
  private(set) var damage: String?
  /// Whether the last writing was not completed: what was written last is in the transaction logs
  /// ("Dirty state of a hive").
  let isDirty: Bool
  /// The root, by the name that it was given.
  let root: RegistryKey

  /// Ten products a day for a hundred years would not take so many: what is looked at grows with the programs that
  /// are installed, not with the hive.
  static let mostSteps = 500_000
  /// No text that is looked for is longer, in bytes; of one that is, so much is read.
  static let mostBytes = 2048

  /// The hive in `bytes`, its root called `name` in paths; throws if there is no root.
  init(_ bytes: UnsafeRawBufferPointer, name: String) throws(ItemProblem) {
    self.bytes = HiveBytes(bytes)
    steps = Self.mostSteps
    guard let primary: UInt32 = self.bytes.number(4), let secondary: UInt32 = self.bytes.number(8),
      let rootOffset: UInt32 = self.bytes.number(36), let length: UInt32 = self.bytes.number(40),
      let cell = self.bytes.cell(rootOffset), let root = RegistryKey(cell, above: "", root: name)
    else {
      throw ItemProblem(
        .unreadable,
        "the registry hive is damaged: it has no root key; look at its backup in RegBack")
    }
    self.root = root
    isDirty = primary != secondary || !self.bytes.isChecksumValid
    let missing = HiveBytes.baseLength + Int(length) - bytes.count
    if missing > 0 { damage = "\(missing) bytes are missing at its end" }
  }

  // MARK: Keys

  /// The keys directly below `key`, in the order of its list.
  mutating func subkeys(of key: RegistryKey) -> [RegistryKey] {
    guard key.subkeyCount > 0 else { return [] }
    var keys = [RegistryKey]()
    for leaf in leaves(of: key) {
      // An empty list is a step, too: an index root may lead to it again and again.
      guard takeSteps(1, key) else { return keys }
      for offset in elements(of: leaf, key) {
        guard takeSteps(1, key) else { return keys }
        guard let cell = bytes.cell(offset), let subkey = RegistryKey(cell, above: key.path) else {
          note("a key below \(key.path) cannot be read")
          continue
        }
        guard takeSteps(subkey.path.utf8.count / 16, key) else { return keys }
        if subkey.parent != key.offset { note("\(subkey.path) belongs to another key") }
        keys.append(subkey)
      }
    }
    if keys.count != key.subkeyCount { note("keys below \(key.path) are missing") }
    return keys
  }

  /// The key at a path of names below `key`, whatever the case of their letters.
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

  /// The lists of keys themselves: one, or those of an index root, which leads to no other ("Index root").
  private mutating func leaves(of key: RegistryKey) -> [HiveCell] {
    guard let list = bytes.cell(key.subkeyList) else {
      note("the list of keys below \(key.path) cannot be read")
      return []
    }
    guard list.isRecord("ri") else { return [list] }
    return elements(of: list, key).compactMap { bytes.cell($0) }
  }

  /// What a list of subkeys leads to: `li` and `ri` have offsets, `lf` and `lh` a hint behind each.
  private mutating func elements(of list: HiveCell, _ key: RegistryKey) -> [UInt32] {
    let width: Int
    if list.isRecord("lf") || list.isRecord("lh") {
      width = 8
    } else if list.isRecord("li") || list.isRecord("ri") {
      width = 4
    } else {
      note("the list of keys below \(key.path) is none")
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
        guard takeSteps(1, key) else { return values }
        guard let offset: UInt32 = list.number(4 * index), let cell = bytes.cell(offset),
          let value = RegistryValue(cell)
        else { continue }
        guard takeSteps(value.name.utf8.count / 16, key) else { return values }
        values.append(value)
      }
    }
    if values.count != key.valueCount { note("values of \(key.path) cannot be read") }
    return values
  }

  /// The texts among the values of `key`, by their names in lower case.
  mutating func texts(of key: RegistryKey) -> [String: String] {
    var texts = [String: String]()
    for value in values(of: key) {
      texts[value.name.lowercased()] = text(of: value, key)
    }
    return texts
  }

  /// The text of a value; nil if it is none, or an empty one.
  mutating func text(of value: RegistryValue, _ key: RegistryKey) -> String? {
    guard RegistryValue.texts.contains(value.type) else { return nil }
    let text = data(of: value, key).withUnsafeBytes { String(utf16: $0) }
    return text.isEmpty ? nil : text
  }

  /// The texts of a value that is a list of them.
  mutating func textList(of value: RegistryValue, _ key: RegistryKey) -> [String] {
    guard value.type == RegistryValue.textList else { return [] }
    return data(of: value, key).withUnsafeBytes { bytes in
      let units = (0..<(bytes.count / 2)).map { bytes.little(2 * $0) ?? UInt16(0) }
      return units.split(separator: 0).map { String(decoding: $0, as: UTF16.self) }
    }
  }

  /// The number of a value; nil if it is none.
  func number(of value: RegistryValue) -> UInt32? {
    value.type == RegistryValue.number && value.isResident && value.size == 4 ? value.data : nil
  }

  /// The value of this name, whatever the case of its letters.
  mutating func value(_ name: String, of key: RegistryKey) -> RegistryValue? {
    values(of: key).first { $0.name.isSame(as: name) }
  }

  /// The first bytes of the data, ``mostBytes`` at most.
  private mutating func data(of value: RegistryValue, _ key: RegistryKey) -> [UInt8] {
    let size = min(value.size, Self.mostBytes)
    guard size > 0, takeSteps(1 + size / 64, key) else { return [] }
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

  /// Data that does not fit one cell lies in segments of so many bytes ("Big data"; libregf, "Data block").
  private static let segmentLength = 16344

  private func isBig(_ value: RegistryValue, _ cell: HiveCell) -> Bool {
    value.size > Self.segmentLength && cell.isRecord("db")
  }

  /// The first segment of big data: it is longer than ``mostBytes``.
  private func segment(of record: HiveCell) -> HiveCell? {
    guard let list: UInt32 = record.number(4), let first: UInt32 = bytes.cell(list)?.number(0)
    else { return nil }
    return bytes.cell(first)
  }

  // MARK: Bounds

  /// Takes note of the first thing that is wrong.
  private mutating func note(_ what: String) { damage = damage ?? what }

  private mutating func takeSteps(_ count: Int, _ key: RegistryKey) -> Bool {
    guard steps >= count else {
      note(
        "the search ended at \(key.path), after \(Self.mostSteps) steps: no ordinary hive takes as many"
      )
      return false
    }
    steps -= count
    return true
  }
}

extension String {
  /// Whether both are the same, whatever the case of their ASCII letters.
  func isSame(as other: String) -> Bool {
    utf8.count == other.utf8.count
      && zip(utf8, other.utf8).allSatisfy { $0 == $1 || $0.lowercase == $1.lowercase }
  }
}

extension UInt8 {
  /// The small letter of an ASCII letter; else the byte itself.
  var lowercase: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }
}
