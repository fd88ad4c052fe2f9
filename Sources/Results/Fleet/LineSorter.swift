import Glibc

/// Sorts any number of lines by a key in bounded memory: full buffers become sorted runs in
/// temporary files, which are merged at the end.
package struct LineSorter {
  private struct Entry {
    let key: [UInt8]
    let line: [UInt8]
    var size: Int { key.count + line.count + 96 }

    static func < (left: Entry, right: Entry) -> Bool {
      switch compare(left.key, right.key) {
      case 0: compare(left.line, right.line) < 0
      case let order: order < 0
      }
    }

    private static func compare(_ left: [UInt8], _ right: [UInt8]) -> Int {
      let count = min(left.count, right.count)
      let order = left.withUnsafeBytes { left in
        right.withUnsafeBytes { right in
          count == 0 ? 0 : Int(memcmp(left.baseAddress!, right.baseAddress!, count))
        }
      }
      return order != 0 ? order : left.count - right.count
    }
  }

  private let memory: Int
  private var pending = [Entry]()
  private var size = 0
  private var runs = [TemporaryFile]()
  /// Runs that are merged at the same time; more are first merged into one.
  private static let mostRuns = 64

  /// A sorter that keeps about `memory` bytes.
  package init(memory: Int = 192 << 20) { self.memory = memory }

  /// Adds a line, which must not contain a line break.
  package mutating func add(_ line: [UInt8], key: [UInt8]) throws {
    let entry = Entry(key: key, line: line)
    pending.append(entry)
    size += entry.size
    if size > memory { try spill() }
  }

  /// Calls `body` with each line in order. The sorter is empty afterwards.
  package mutating func drain(_ body: ([UInt8]) throws -> Void) throws {
    if runs.isEmpty {
      pending.sort(by: <)
      for entry in pending { try body(entry.line) }
    } else {
      try spill()
      try Self.merge(runs) { try body($0.line) }
    }
    pending = []
    runs = []
    size = 0
  }

  private mutating func spill() throws {
    guard !pending.isEmpty else { return }
    pending.sort(by: <)
    let file = try TemporaryFile()
    for entry in pending { try Self.write(entry, to: file) }
    try file.flush()
    pending.removeAll()
    size = 0
    runs.append(file)
    if runs.count == Self.mostRuns {
      let merged = try TemporaryFile()
      try Self.merge(runs) { try Self.write($0, to: merged) }
      try merged.flush()
      runs = [merged]
    }
  }

  private static func write(_ entry: Entry, to file: TemporaryFile) throws {
    try file.append(number(entry.key.count) + number(entry.line.count) + entry.key + entry.line)
  }

  private static func number(_ value: Int) -> [UInt8] {
    withUnsafeBytes(of: UInt32(value).littleEndian) { Array($0) }
  }

  private static func merge(_ runs: [TemporaryFile], _ body: (Entry) throws -> Void) throws {
    var heads = [(entry: Entry, run: RunReader)]()
    for file in runs {
      let run = RunReader(file, piece: max(1 << 16, (64 << 20) / runs.count))
      if let entry = try run.next() { heads.append((Entry(key: entry.key, line: entry.line), run)) }
    }
    while !heads.isEmpty {
      // Few runs: a scan over their heads is as fast as a heap.
      var least = 0
      for index in heads.indices.dropFirst() where heads[index].entry < heads[least].entry {
        least = index
      }
      try body(heads[least].entry)
      if let next = try heads[least].run.next() {
        heads[least].entry = Entry(key: next.key, line: next.line)
      } else {
        heads.remove(at: least)
      }
    }
  }
}

/// Entries of one sorted run, in order.
private final class RunReader {
  private let file: TemporaryFile
  private let pieceSize: Int
  private var piece = [UInt8]()
  private var position = 0
  private var offset: UInt64 = 0

  init(_ file: TemporaryFile, piece: Int) {
    self.file = file
    pieceSize = piece
  }

  func next() throws -> (key: [UInt8], line: [UInt8])? {
    guard try fill(8) else { return nil }
    let keyCount = number(at: position)
    let lineCount = number(at: position + 4)
    guard try fill(8 + keyCount + lineCount) else { return nil }
    let start = position + 8
    let key = Array(piece[start..<(start + keyCount)])
    let line = Array(piece[(start + keyCount)..<(start + keyCount + lineCount)])
    position = start + keyCount + lineCount
    return (key, line)
  }

  private func number(at place: Int) -> Int {
    (0..<4).reduce(0) { $0 | Int(piece[place + $1]) << (8 * $1) }
  }

  /// Makes `count` bytes available from the position; false at the end.
  private func fill(_ count: Int) throws -> Bool {
    guard piece.count - position < count else { return true }
    piece.removeFirst(position)
    position = 0
    let more = try file.read(max(pieceSize, count - piece.count), at: offset)
    offset += UInt64(more.count)
    piece += more
    return piece.count >= count
  }
}
