import TestSupport
import Testing

@testable import Traces

/// Headers of rpm packages, by the description of the format, and hostile ones.
@Suite struct RpmHeaderTests {
  private struct Entry {
    var tag: RpmHeader.Tag
    var type: UInt32
    var offset: UInt32
  }

  private func header(
    _ entries: [Entry], _ data: [UInt8], count: UInt32? = nil, length: UInt32? = nil
  )
    -> [UInt8]
  {
    [UInt8](big: count ?? UInt32(entries.count)) + [UInt8](big: length ?? UInt32(data.count))
      + entries.flatMap { entry in
        [UInt8](big: entry.tag.rawValue) + [UInt8](big: entry.type) + [UInt8](big: entry.offset)
          + [0, 0, 0, 1]
      } + data
  }

  private func read<Value>(_ bytes: [UInt8], _ body: (RpmHeader) -> Value?) -> Value? {
    bytes.withUnsafeBytes { RpmHeader($0).flatMap(body) }
  }

  @Test func tagsHaveTextsAndNumbers() {
    let data = Array("kesl\0first\0second\0".utf8) + [0x65, 0, 0, 1]
    let bytes = header(
      [
        Entry(tag: .name, type: 6, offset: 0), Entry(tag: .vendor, type: 9, offset: 5),
        Entry(tag: .installTime, type: 4, offset: 18),
      ], data)
    #expect(read(bytes) { $0.text(.name) } == "kesl")
    #expect(read(bytes) { $0.text(.vendor) } == "first")
    #expect(read(bytes) { $0.number(.installTime) } == 0x6500_0001)
    #expect(read(bytes) { $0.text(.installTime) } == nil && read(bytes) { $0.number(.name) } == nil)
    #expect(read(bytes) { $0.text(.url) } == nil)
  }

  @Test func offsetsOutsideTheDataHaveNothing() {
    for offset: UInt32 in [4, 5, .max] {
      let bytes = header([Entry(tag: .name, type: 6, offset: offset)], Array("kesl".utf8))
      #expect(read(bytes) { $0.text(.name) } == nil, "\(offset)")
    }
    for offset: UInt32 in [1, 4, .max] {
      let bytes = header([Entry(tag: .installTime, type: 4, offset: offset)], [1, 2, 3, 4])
      #expect(read(bytes) { $0.number(.installTime) } == nil, "\(offset)")
    }
    // A text without an end is that up to the end of the data; only its beginning is kept.
    let long = header(
      [Entry(tag: .name, type: 6, offset: 0)], [UInt8](repeating: 0x61, count: 5000))
    #expect(read(long) { $0.text(.name) }?.count == 1024)
  }

  @Test func countsThatExceedTheBytesAreNoHeader() {
    let entry = Entry(tag: .name, type: 6, offset: 0)
    for bytes in [
      [], [0, 0, 0, 1], header([], []), header([entry], [1], length: 2),
      header([entry], [1], count: 3),
      header([entry], [1], count: .max), header([entry], [1], length: .max),
    ] as [[UInt8]] {
      #expect(read(bytes) { _ in true } == nil)
    }
    #expect(read(header([entry], [1, 2], length: 1)) { _ in true } == true)
  }
}
