import Bytes
import TestSupport
import Testing

@testable import Traces

/// Hives with changes that are only in their logs, built from the regf specification.
@Suite struct RecoveredHiveTests {
  /// A hive of two bins whose last write was not completed.
  private static let hive = dirty(HiveBuilder.hive([HiveBuilder.Key("A").with("B", "text")]))

  private static func dirty(_ bytes: [UInt8], secondary: UInt32 = 4) -> [UInt8] {
    var bytes = bytes
    bytes.write(little: secondary + 1, at: 4)
    bytes.write(little: secondary, at: 8)
    return HiveBuilder.seal(bytes)
  }

  /// A log in the old form: a copy of the base block, a bitmap of pages of 512 bytes, these pages.
  private func bitmap(
    _ pages: [Int: UInt8], sequence: UInt32 = 5, written: UInt64 = HiveBuilder.written,
    length: UInt32 = 4096, _ change: (inout [UInt8]) -> Void = { _ in }
  ) -> [UInt8] {
    var bytes = base(sequence, type: 1, written: written, length: length)
    var vector = [UInt8](zeros: Int(length) / 4096)
    for page in pages.keys { vector[page / 8] |= 1 << UInt8(page % 8) }
    bytes += Array("DIRT".utf8) + vector
    bytes += [UInt8](zeros: 1024 - bytes.count)
    for page in pages.keys.sorted() { bytes += [UInt8](repeating: pages[page] ?? 0, count: 512) }
    change(&bytes)
    return bytes
  }

  private func base(
    _ sequence: UInt32, type: UInt32, written: UInt64 = HiveBuilder.written, length: UInt32 = 4096
  ) -> [UInt8] {
    var bytes = Array(Self.hive.prefix(512))
    bytes.write(little: sequence, at: 4)
    bytes.write(little: sequence, at: 8)
    bytes.write(little: written, at: 12)
    bytes.write(little: type, at: 28)
    bytes.write(little: length, at: 40)
    return HiveBuilder.seal(bytes)
  }

  /// A log in the new form: each entry writes one page of 512 bytes at the start of the second page.
  private func entries(_ first: UInt32, _ values: UInt8...) -> [UInt8] {
    var log = base(first, type: 6)
    for (index, value) in values.enumerated() {
      var entry = [UInt8](zeros: 40) + [UInt8](little: UInt32(512)) + [UInt8](little: UInt32(512))
      entry += [UInt8](repeating: value, count: 512)
      entry += [UInt8](zeros: 1024 - entry.count)
      entry.write("HvLE", at: 0)
      entry.write(little: UInt32(1024), at: 4)
      entry.write(little: first &+ UInt32(index), at: 12)
      entry.write(little: UInt32(4096), at: 16)
      entry.write(little: UInt32(1), at: 20)
      entry.write(little: hash(Array(entry[40...])), at: 24)
      entry.write(little: hash(Array(entry[..<32])), at: 32)
      log += entry
    }
    return log
  }

  private func hash(_ bytes: [UInt8]) -> UInt64 { bytes.withUnsafeBytes { Marvin32.hash($0[...]) } }

  /// The byte at the start of the second page of the bins.
  private func page(_ hive: RecoveredHive) -> UInt8 { hive.bytes[4096 + 512] }

  private func numbers(_ hive: RecoveredHive) -> [UInt32] {
    [hive.bytes.little(4), hive.bytes.little(8)]
  }

  // MARK: Old form

  @Test func pagesOfTheBitmapReplaceThoseOfTheHive() {
    let found = RecoveredHive(Self.hive, [.first: bitmap([1: 7, 7: 9])])
    #expect(found.applied == [.first] && numbers(found) == [5, 5])
    #expect(found.bytes[4608..<5120].allSatisfy { $0 == 7 })
    #expect(found.bytes[7680..<8192].allSatisfy { $0 == 9 })
    #expect(found.bytes[5120..<7680] == Self.hive[5120..<7680])
    #expect(found.bytes.withUnsafeBytes { !RegistryHive.isDirty($0) })
  }

  @Test func theLastWrittenLogOfAPairIsApplied() {
    let (old, new) = (bitmap([1: 7]), bitmap([1: 8], written: HiveBuilder.written + 1))
    #expect(RecoveredHive(Self.hive, [.first: old, .second: new]).applied == [.second])
    #expect(RecoveredHive(Self.hive, [.first: new, .second: old]).applied == [.first])
    let single = RecoveredHive(Self.hive, [.single: new, .first: old])
    #expect(single.applied == [.first], "the only log is of an old system")
    #expect(RecoveredHive(Self.hive, [.single: new]).applied == [.single])
  }

  @Test func anOlderLogIsNotApplied() {
    let old = bitmap([1: 7], written: HiveBuilder.written - 1)
    let found = RecoveredHive(Self.hive, [.first: old])
    #expect(found.applied.isEmpty && found.bytes == Self.hive)
  }

  @Test func aLostBaseBlockIsThatOfTheLog() {
    var hive = Self.hive
    hive.write([UInt8](zeros: 512), at: 0)
    let found = RecoveredHive(hive, [.first: bitmap([1: 7], written: 1)])
    #expect(found.applied == [.first] && page(found) == 7)
    #expect(found.bytes.starts(with: Array("regf".utf8)))
    #expect(found.bytes.little(28, as: UInt32.self) == 0, "a hive, not a log")
    #expect(found.bytes.withUnsafeBytes { !RegistryHive.isDirty($0) })
  }

  @Test func aHiveGrowsByThePagesOfItsLog() {
    let found = RecoveredHive(Self.hive, [.first: bitmap([8: 6], length: 8192)])
    #expect(found.bytes.count == Self.hive.count + 512 && found.bytes.last == 6)
    #expect(found.bytes.little(40, as: UInt32.self) == 8192)
    // A page far behind the end would take memory that no log holds.
    let far = RecoveredHive(Self.hive, [.first: bitmap([800: 6], length: 4096 * 101)])
    #expect(far.applied.isEmpty && far.bytes == Self.hive)
  }

  @Test func logsThatDoNotHoldChangeNothing() {
    let damaged: [[UInt8]] = [
      [], Array(bitmap([1: 7]).prefix(512)), Array(bitmap([1: 7]).dropLast()), bitmap([:]),
      bitmap([1: 7]) { $0[512] = 0 }, bitmap([1: 7]) { $0[60] ^= 1 },
      bitmap([1: 7]) { $0[0] = 0 }, bitmap([:], length: 0), bitmap([1: 7]) { $0[516] = 0xFF },
    ]
    for (index, log) in damaged.enumerated() {
      let found = RecoveredHive(Self.hive, [.first: log])
      #expect(found.applied.isEmpty && found.bytes == Self.hive, "\(index)")
    }
    #expect(RecoveredHive(Self.hive, [.writeAhead: bitmap([1: 7])]).applied.isEmpty)
    #expect(RecoveredHive(Self.hive, [:]).bytes == Self.hive)
    let short = Array(Self.hive.prefix(4095))
    #expect(RecoveredHive(short, [.first: bitmap([1: 7])]).bytes == short)
  }

  // MARK: New form

  @Test func entriesAreAppliedInTheirOrder() {
    let found = RecoveredHive(Self.hive, [.first: entries(4, 1, 2, 3)])
    #expect(page(found) == 3 && numbers(found) == [6, 6] && found.applied == [.first])
  }

  @Test func theSecondLogContinuesTheFirst() {
    let found = RecoveredHive(Self.hive, [.first: entries(6, 3), .second: entries(4, 1, 2)])
    #expect(found.applied == [.second, .first] && page(found) == 3 && numbers(found) == [6, 6])
    // After a gap it belongs to another state.
    let gap = RecoveredHive(Self.hive, [.first: entries(7, 3), .second: entries(4, 1, 2)])
    #expect(gap.applied == [.second] && page(gap) == 2 && numbers(gap) == [5, 5])
  }

  @Test func entriesThatTheHiveHasAreNotApplied() {
    let found = RecoveredHive(Self.hive, [.first: entries(3, 1), .second: entries(4, 2)])
    #expect(found.applied == [.second] && page(found) == 2)
    #expect(RecoveredHive(Self.hive, [.first: entries(2, 1)]).applied.isEmpty)
  }

  @Test func sequenceNumbersWrapAround() {
    let hive = Self.dirty(Self.hive, secondary: .max - 1)
    let found = RecoveredHive(hive, [.first: entries(0, 2), .second: entries(.max, 1)])
    #expect(found.applied == [.second, .first] && numbers(found) == [0, 0] && page(found) == 2)
  }

  @Test func withoutABaseBlockOnlyTheLaterLogIsApplied() {
    var hive = Self.hive
    hive.write([UInt8](zeros: 512), at: 0)
    let found = RecoveredHive(hive, [.first: entries(6, 3), .second: entries(4, 1, 2)])
    #expect(found.applied == [.first] && page(found) == 3)
    #expect(found.bytes.withUnsafeBytes { !RegistryHive.isDirty($0) })
  }
}
