import TestSupport
import Testing

@testable import Results

/// The order of merged records: by kind, then by place.
@Suite struct ResultOrderTests {
  private func key(_ line: String) throws -> [UInt8] {
    ResultOrder.key(of: try ResultRecord(Fields(try JSON(parsing: Array(line.utf8)))))
  }

  @Test func recordsAreInTheOrderOfAScan() throws {
    let keys = try ResultLines.examples.map { try key($0) }
    for (first, second) in zip(keys, keys.dropFirst()) {
      #expect(first.lexicographicallyPrecedes(second))
    }
  }

  @Test func volumesAreOrderedByNumber() throws {
    func context(_ volume: String, _ path: String) throws -> [UInt8] {
      try key(
        #"{"schema":1,"type":"context","evidence":"/e",\#(volume)"path":"\#(path)","product":"P"}"#)
    }
    func volume(_ index: Int) -> String {
      #""volume":{"index":\#(index),"start":0,"length":1,"type":"t"},"#
    }
    let keys = try [
      context("", "/z"), context(volume(0), "/z"), context(volume(9), "/b"),
      context(volume(10), "/a"), context(volume(256), "/a"), context(volume(256), "/ab"),
    ]
    for (first, second) in zip(keys, keys.dropFirst()) {
      #expect(first.lexicographicallyPrecedes(second))
    }
  }
}
