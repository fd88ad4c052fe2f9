import Bytes
import Locks

/// Arguments as bytes. Swift repairs arguments that are not UTF-8, which would name a different
/// file; the original bytes are found by comparison with the process's arguments.
enum RawArgument {
  /// Bytes of an argument. Two that are repaired to the same text are distinguished by their
  /// order, which must be the order of the calls.
  static func path(_ text: String) throws -> RawPath {
    guard text.unicodeScalars.contains("\u{FFFD}") else { return RawPath(text) }
    let candidates = Self.candidates(for: text)
    let turn = turns.withLock { turns in
      defer { turns[text, default: 0] += 1 }
      return turns[text, default: 0]
    }
    guard !candidates.isEmpty else { return RawPath(text) }
    // The parser may read all arguments more than once.
    return candidates[turn % candidates.count]
  }

  private static let turns = Locked<[String: Int]>([:])

  /// Arguments, or their parts behind a `=`, that are repaired to `text`, in order.
  private static func candidates(for text: String) -> [RawPath] {
    let arguments = UnsafeBufferPointer(
      start: CommandLine.unsafeArgv, count: Int(CommandLine.argc))
    return arguments.compactMap { argument -> RawPath? in
      guard let argument else { return nil }
      let bytes = argument.withMemoryRebound(to: UInt8.self, capacity: 1) { start in
        var count = 0
        while start[count] != 0 { count += 1 }
        return Array(UnsafeBufferPointer(start: start, count: count))
      }
      let starts = [0] + (bytes.firstIndex(of: UInt8(ascii: "=")).map { [$0 + 1] } ?? [])
      return starts.map { Array(bytes[$0...]) }
        .first { String(decoding: $0, as: UTF8.self) == text }.map(RawPath.init)
    }
  }
}
