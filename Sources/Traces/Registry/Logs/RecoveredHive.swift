import Bytes

/// A dirty registry hive to which the changes in its transaction logs are applied, in memory, as Windows does it when
/// it loads the hive.
///
/// Maxim Suhanov, "Windows registry file format specification" (github.com/msuhanov/regf), "Dirty state of a hive" and
/// "Multiple transaction log files".
struct RecoveredHive {
  /// The hive; unchanged if no log applies.
  private(set) var bytes: [UInt8]
  /// Logs that were applied, in order.
  private(set) var applied: [RecordLog.Kind] = []
  /// Size of the hive bins in bytes that the last log states.
  var binsLength: UInt32?

  /// Limit of its size: a hive grows by pages that are in its logs.
  private let limit: Int

  /// Applies `logs` to the dirty hive in `bytes`.
  init(_ bytes: [UInt8], _ logs: [RecordLog.Kind: [UInt8]]) {
    self.bytes = bytes
    limit = bytes.count + logs.values.reduce(0) { $0 + $1.count }
    for (kind, log) in logs where kind.isOfHive { keep(kind, log) }
    guard bytes.count >= HiveBytes.baseLength else { return }
    kept.sort { $0.kind.rank < $1.kind.rank }
    let isBaseValid = bytes.withUnsafeBytes { HiveBytes($0).isChecksumValid }
    applyEntries(isBaseValid)
    if applied.isEmpty { applyPages(isBaseValid) }
    kept = []
  }

  /// Logs with a valid base block.
  private var kept:
    [(kind: RecordLog.Kind, bytes: [UInt8], sequence: UInt32, written: UInt64, form: HiveLog.Form)] =
      []

  private mutating func keep(_ kind: RecordLog.Kind, _ bytes: [UInt8]) {
    bytes.withUnsafeBytes { raw in
      guard let log = HiveLog(raw) else { return }
      kept.append((kind, bytes, log.sequence, log.written, log.form))
    }
  }

  // MARK: Forms

  /// Logs of entries: both of a pair, the earlier one first; of a hive without a valid base block, only the later.
  private mutating func applyEntries(_ isBaseValid: Bool) {
    var logs = kept.filter { $0.form == .entries && $0.kind != .single }
    if logs.isEmpty { logs = kept.filter { $0.form == .entries } }
    logs.sort { $0.sequence.isBefore($1.sequence) }
    if !isBaseValid { logs = Array(logs.suffix(1)) }
    let secondary: UInt32 = bytes.little(8)
    var last: UInt32?
    for log in logs {
      // Entries of an earlier state have been written; those of the second log must follow those of the first.
      if isBaseValid, log.sequence.isBefore(secondary) { continue }
      if let last, log.sequence != last &+ 1 { break }
      let count = log.bytes.withUnsafeBytes { HiveLog($0)?.applyEntries(to: &self) }
      guard let count else { continue }
      if !isBaseValid { restoreBase(log.bytes) }
      last = count
      applied.append(log.kind)
    }
    if let last { finish(last) }
  }

  /// Logs with a bitmap: the last written of those that are not older than the hive.
  private mutating func applyPages(_ isBaseValid: Bool) {
    var logs = kept.filter { $0.form == .bitmap && $0.kind != .single }
    if logs.isEmpty { logs = kept.filter { $0.form == .bitmap } }
    let written: UInt64 = bytes.little(12)
    if isBaseValid { logs.removeAll { $0.written < written } }
    guard let first = logs.first, let second = logs.last else { return }
    let log = second.written > first.written ? second : first
    let isWritten = log.bytes.withUnsafeBytes { HiveLog($0)?.writePages(to: &self) ?? false }
    guard isWritten else { return }
    if !isBaseValid { restoreBase(log.bytes) }
    applied = [log.kind]
    finish(log.sequence)
  }

  // MARK: Bytes

  /// Whether a hive may have this length.
  func allows(_ size: Int) -> Bool { size <= limit }

  /// Writes a page; the hive grows if the page is behind its end.
  mutating func write(_ page: Slice<UnsafeRawBufferPointer>, at place: Int) {
    if place + page.count > bytes.count {
      bytes += [UInt8](repeating: 0, count: place + page.count - bytes.count)
    }
    bytes.replaceSubrange(place..<(place + page.count), with: page)
  }

  /// Takes the base block of a log for a lost one.
  private mutating func restoreBase(_ log: [UInt8]) {
    bytes.replaceSubrange(0..<512, with: log[0..<512])
    writeNumber(0, at: 28)
  }

  /// Writes a base block for the applied changes, with its checksum.
  private mutating func finish(_ sequence: UInt32) {
    writeNumber(sequence, at: 4)
    writeNumber(sequence, at: 8)
    if let binsLength { writeNumber(binsLength, at: 40) }
    writeNumber(bytes.withUnsafeBytes { HiveBytes($0).checksum } ?? 0, at: 508)
  }

  private mutating func writeNumber(_ number: UInt32, at offset: Int) {
    withUnsafeBytes(of: number.littleEndian) { number in
      bytes.replaceSubrange(offset..<(offset + 4), with: number)
    }
  }
}

extension UInt32 {
  /// Whether a sequence number precedes another; they wrap around.
  fileprivate func isBefore(_ other: UInt32) -> Bool { Int32(bitPattern: self &- other) < 0 }
}
