package import Bytes
import Glibc

/// Lines of a text file, read in pieces. A line that is too long is skipped, and reported.
package struct LineReader: ~Copyable {
  /// One line without its end, and its number from 1.
  package enum Line {
    case text([UInt8], number: Int)
    case tooLong(number: Int)
  }

  /// Bytes of a line at most.
  package static let longest = 16 << 20

  private let file: Descriptor
  private let longest: Int
  private var offset: UInt64 = 0
  private var piece: [UInt8]
  private var filled = 0
  private var position = 0
  private var number = 0

  /// Opens a regular file. Anything else could block, or could not be read twice.
  package init(_ path: RawPath, longest: Int = LineReader.longest) throws(ResultError) {
    self.longest = longest
    piece = [UInt8](repeating: 0, count: 1 << 18)
    file = try Self.opened(path)
  }

  private static func opened(_ path: RawPath) throws(ResultError) -> Descriptor {
    do throws(SystemCallError) {
      let file = try Descriptor(reading: path, followingLink: true)
      if try file.status().st_mode & S_IFMT == S_IFREG { return file }
    } catch {
      throw ResultError(path, error.words)
    }
    throw ResultError(path, "not a regular file; write the results to a file first")
  }

  /// The next line; nil at the end of the file.
  package mutating func next() throws(SystemCallError) -> Line? {
    var line = [UInt8]()
    var isTooLong = false
    var isStarted = false
    while true {
      if position == filled {
        filled = try fill()
        position = 0
        if filled == 0 {
          guard isStarted else { return nil }
          break
        }
        offset += UInt64(filled)
      }
      isStarted = true
      let rest = piece[position..<filled]
      let end = rest.firstIndex(of: UInt8(ascii: "\n"))
      let part = rest[..<(end ?? filled)]
      if !isTooLong {
        isTooLong = line.count + part.count > longest
        if isTooLong { line = [] } else { line.append(contentsOf: part) }
      }
      position = end.map { $0 + 1 } ?? filled
      if end != nil { break }
    }
    number += 1
    if isTooLong { return .tooLong(number: number) }
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    // Windows tools put a byte order mark before the first line.
    if number == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
    return .text(line, number: number)
  }

  private mutating func fill() throws(SystemCallError) -> Int {
    let start = offset
    let file = file.number
    var count = 0
    var failure: SystemCallError?
    piece.withUnsafeMutableBytes { buffer in
      while true {
        count = pread(file, buffer.baseAddress!, buffer.count, off_t(clamping: start))
        if count >= 0 { return }
        if errno != EINTR {
          failure = SystemCallError(last: "read")
          return
        }
      }
    }
    if let failure { throw failure }
    return count
  }
}
