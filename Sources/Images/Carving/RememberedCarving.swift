import Bytes
import Evidence
import HelperProcesses

/// Carving whose results a memory keeps, so that windows searched by an earlier scan are not read again.
struct RememberedCarving {
  let evidence: RawPath
  let memory: any MediumMemory

  /// Returns the files that a carver finds in ranges of a window, or that an earlier scan found there. They are kept unless the
  /// scan is cancelled meanwhile, or a part took too long, so that some may be missing.
  func result(
    _ ranges: ArraySlice<Range<UInt64>>, in window: Range<UInt64>, of carver: Carver
  ) -> Carver.Result {
    guard !ranges.isEmpty else { return carver.carve(ranges, in: window) }
    var parts = WireWriter()
    for range in ranges {
      parts.write(range.lowerBound)
      parts.write(range.upperBound)
    }
    let search = MediumSearch(
      evidence: evidence, range: window, parts: Digest.sha256(of: parts.bytes))
    if let known = memory.recall(search), let result = try? Carver.Result(known, in: window) {
      return result
    }
    let result = carver.carve(ranges, in: window)
    if result.overdue.isEmpty, !carver.isCancelled() { memory.keep(result.bytes, of: search) }
    return result
  }
}

extension Carver.Result {
  /// The result in the form of the pipe to a helper.
  fileprivate var bytes: [UInt8] {
    var writer = WireWriter()
    writer.write(knownZeros)
    writer.write(UInt64(files.count))
    for file in files {
      writer.write(file.range.lowerBound)
      writer.write(file.range.upperBound)
      writer.write(file.kind.rawValue)
      writer.write(UInt8(file.isWhole ? 1 : 0))
    }
    for range in unreadable {
      writer.write(range.lowerBound)
      writer.write(range.upperBound)
    }
    return writer.bytes
  }

  /// Reads the output of ``bytes``; a file begins in the window.
  fileprivate init(_ bytes: [UInt8], in window: Range<UInt64>) throws {
    self.init()
    var reader = WireReader(bytes)
    knownZeros = try reader.number()
    for _ in 0..<(try reader.number(UInt64.self)) {
      let range = try Self.range(&reader)
      let name = try reader.text()
      let isWhole = try reader.number(UInt8.self) == 1
      guard let kind = CarvedHeader.Kind(rawValue: name), window.contains(range.lowerBound) else {
        throw WireReader.Malformed()
      }
      files.append(CarvedFile(range: range, kind: kind, isWhole: isWhole))
    }
    while !reader.isAtEnd { unreadable.append(try Self.range(&reader)) }
  }

  private static func range(_ reader: inout WireReader) throws -> Range<UInt64> {
    let (start, end): (UInt64, UInt64) = (try reader.number(), try reader.number())
    guard start < end else { throw WireReader.Malformed() }
    return start..<end
  }
}
