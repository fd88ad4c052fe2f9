import TestSupport

@testable import Traces

/// A registry hive, built from the regf specification: cells from 4128 on, the root first.
struct HiveBuilder {
  /// A key with its values and the keys below it.
  struct Key {
    var name: String
    var values: [(name: String, type: UInt32, data: [UInt8])] = []
    var keys: [Key] = []

    init(_ name: String, _ keys: [Key] = []) {
      self.name = name
      self.keys = keys
    }

    /// The key with one more value.
    func with(_ name: String, _ type: UInt32, _ data: [UInt8]) -> Key {
      var key = self
      key.values.append((name, type, data))
      return key
    }

    /// The key with one more text.
    func with(_ name: String, _ text: String) -> Key { with(name, 1, [UInt8](utf16: text + "\0")) }

    /// The key with one more number.
    func with(_ name: String, _ number: UInt32) -> Key {
      with(name, 4, [UInt8](little: number))
    }
  }

  /// The bytes behind the base block.
  private var bins = [UInt8](zeros: 32)
  /// Time of the last write of all keys: 2022-06-18 04:26:40.
  static let written: UInt64 = 133_000_000_000_000_000

  /// Keys below a root, as the bytes of a hive of version 1.5.
  static func hive(_ keys: [Key]) -> [UInt8] {
    var builder = HiveBuilder()
    builder.bins.write("hbin", at: 0)
    _ = builder.add(Key("ROOT", keys), below: 0)
    let length = (builder.bins.count + 4095) / 4096 * 4096
    builder.bins += [UInt8](zeros: length - builder.bins.count)
    var base = [UInt8](zeros: 4096)
    base.write("regf", at: 0)
    base.write(little: UInt32(1), at: 4)
    base.write(little: UInt32(1), at: 8)
    base.write(little: written, at: 12)
    base.write(little: UInt32(1), at: 20)
    base.write(little: UInt32(5), at: 24)
    base.write(little: UInt32(32), at: 36)
    base.write(little: UInt32(length), at: 40)
    return seal(base + builder.bins)
  }

  /// The bytes with the checksum of their base block: an exclusive or of its first 127 words.
  static func seal(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    var checksum: UInt32 = 0
    for offset in stride(from: 0, to: 508, by: 4) {
      for index in 0..<4 { checksum ^= UInt32(bytes[offset + index]) << (8 * UInt32(index)) }
    }
    bytes.write(little: checksum, at: 508)
    return bytes
  }

  /// Adds an allocated cell; returns its offset in the bins.
  private mutating func cell(_ content: [UInt8]) -> UInt32 {
    let offset = bins.count
    let size = (4 + content.count + 7) / 8 * 8
    bins += [UInt8](little: Int32(-size)) + content + [UInt8](zeros: size - 4 - content.count)
    return UInt32(offset)
  }

  private mutating func add(_ key: Key, below parent: UInt32) -> UInt32 {
    var record = [UInt8](zeros: 76) + Array(key.name.utf8)
    record.write("nk", at: 0)
    record.write(little: UInt16(0x20), at: 2)
    record.write(little: Self.written, at: 4)
    record.write(little: parent, at: 16)
    record.write(little: UInt32(key.keys.count), at: 20)
    record.write(little: UInt32(key.values.count), at: 36)
    record.write(little: UInt16(key.name.utf8.count), at: 72)
    let own = cell(record)
    let keys = key.keys.map { add($0, below: own) }
    if !keys.isEmpty {
      let list = cell(
        Array("lf".utf8) + [UInt8](little: UInt16(keys.count))
          + keys.flatMap { [UInt8](little: $0) + [0, 0, 0, 0] })
      bins.write(little: list, at: Int(own) + 4 + 28)
    }
    let values = key.values.map { add($0.name, $0.type, $0.data) }
    if !values.isEmpty {
      bins.write(little: cell(values.flatMap { [UInt8](little: $0) }), at: Int(own) + 4 + 40)
    }
    return own
  }

  private mutating func add(_ name: String, _ type: UInt32, _ data: [UInt8]) -> UInt32 {
    var record = [UInt8](zeros: 20) + Array(name.utf8)
    record.write("vk", at: 0)
    record.write(little: UInt16(name.utf8.count), at: 2)
    // Up to four bytes are in the record.
    let isResident = data.count <= 4
    record.write(little: UInt32(data.count) | (isResident ? 0x8000_0000 : 0), at: 4)
    if isResident { record.write(data, at: 8) } else { record.write(little: cell(data), at: 8) }
    record.write(little: type, at: 12)
    record.write(little: UInt16(1), at: 16)
    return cell(record)
  }
}
