import CTrawl
import Synchronization
import TestSupport
import Testing

/// Content of the host.
@Suite struct ReaderTests {
  /// A sparse item: zeros, with a text at one place.
  private final class Item: Sendable {
    let text: [UInt8]
    let place: UInt64
    let knowsZeros: Bool
    let fails: Bool
    let bytesRead = Atomic<UInt64>(0)
    let releases = Atomic<Int>(0)

    init(_ text: String, at place: UInt64, knowsZeros: Bool = false, fails: Bool = false) {
      self.text = Array(text.utf8)
      self.place = place
      self.knowsZeros = knowsZeros
      self.fails = fails
    }

    /// Callbacks, which own a reference.
    func reader(size: UInt64) -> trawl_reader {
      var reader = trawl_reader()
      reader.struct_size = MemoryLayout<trawl_reader>.size
      reader.size = size
      reader.user = Unmanaged.passRetained(self).toOpaque()
      reader.read = { user, offset, buffer, count in
        Item.of(user).read(offset, UnsafeMutableRawBufferPointer(start: buffer, count: count))
      }
      if knowsZeros { reader.zeros = { user, offset in Item.of(user).zeros(offset) } }
      reader.release = { user in
        Item.of(user).releases.add(1, ordering: .relaxed)
        Unmanaged<Item>.fromOpaque(user!).release()
      }
      return reader
    }

    private static func of(_ user: UnsafeMutableRawPointer?) -> Item {
      Unmanaged<Item>.fromOpaque(user!).takeUnretainedValue()
    }

    private func read(_ offset: UInt64, _ buffer: UnsafeMutableRawBufferPointer) -> Int64 {
      if fails { return -1 }
      bytesRead.add(UInt64(buffer.count), ordering: .relaxed)
      buffer.initializeMemory(as: UInt8.self, repeating: 0)
      for (index, byte) in text.enumerated() {
        let (position, isBefore) = (place + UInt64(index)).subtractingReportingOverflow(offset)
        if !isBefore, position < buffer.count { buffer[Int(position)] = byte }
      }
      return Int64(buffer.count)
    }

    private func zeros(_ offset: UInt64) -> UInt64 {
      offset < place ? place - offset : offset >= place + UInt64(text.count) ? .max : 0
    }
  }

  private func outcome(_ item: Item, size: UInt64) throws -> Int {
    let scanner = try Host.scanner(Host.needles())
    defer { trawl_scanner_free(scanner) }
    var reader = item.reader(size: size)
    var result: OpaquePointer?
    try Host.call { trawl_scanner_scan_reader(scanner, "item", &reader, &result, $0) }
    defer { trawl_result_free(result) }
    // A candidate of this size cannot be read into memory.
    if trawl_result_outcome(result) == TRAWL_SKIPPED {
      let problem = trawl_record_problem(trawl_result_record(result, 0))!.pointee
      #expect(String(cString: problem.reason.data) == "too_large")
    }
    return Int(trawl_result_outcome(result))
  }

  @Test func contentIsFoundWhereverItIs() throws {
    for place: UInt64 in [0, 4090, 262_140, 1_048_575, 3_000_000] {
      let item = Item("needle", at: place)
      #expect(try outcome(item, size: 4 << 20) == TRAWL_MATCHED)
      #expect(item.releases.load(ordering: .relaxed) == 1)
    }
    #expect(try outcome(Item("noodle", at: 100), size: 4 << 20) == TRAWL_CLEAN)
  }

  @Test func aSparseItemIsNotRead() throws {
    let item = Item("hay", at: 50 << 30, knowsZeros: true)
    #expect(try outcome(item, size: 100 << 30) == TRAWL_CLEAN)
    #expect(item.bytesRead.load(ordering: .relaxed) < 16 << 20)
    // Whatever is found in it is too much for memory, and said to be so.
    #expect(
      try outcome(Item("needle", at: 50 << 30, knowsZeros: true), size: 100 << 30)
        == TRAWL_SKIPPED)
  }

  @Test func whatTheHostCannotReadIsAFailure() throws {
    let item = Item("needle", at: 0, fails: true)
    #expect(try outcome(item, size: 100) == TRAWL_FAILED)
    #expect(item.releases.load(ordering: .relaxed) == 1)
  }

  @Test func aReaderIsReleasedIfNothingComesOfIt() throws {
    let item = Item("needle", at: 0)
    var reader = item.reader(size: 10)
    var error: OpaquePointer?
    #expect(
      trawl_scan_add_reader(nil, "item", &reader, &error) == TRAWL_INVALID_ARGUMENT)
    #expect(Host.message(error) == "scan is null")
    #expect(item.releases.load(ordering: .relaxed) == 1)

    let scan = try Host.scan(Host.needles())
    reader = item.reader(size: 10)
    try Host.call { trawl_scan_add_reader(scan, "item", &reader, $0) }
    #expect(item.releases.load(ordering: .relaxed) == 1)
    trawl_scan_free(scan)
    #expect(item.releases.load(ordering: .relaxed) == 2)
  }

  @Test func aScanReadsReadersAndMemory() throws {
    let scan = try Host.scan(Host.needles())
    let item = Item("needle", at: 20)
    var reader = item.reader(size: 100)
    try Host.call { trawl_scan_add_reader(scan, "reader", &reader, $0) }
    try Host.call { trawl_scan_add_memory(scan, "copied", "needle", 6, nil, nil, $0) }
    let kept = Item("", at: 0)
    let bytes = Array("a needle".utf8)
    let delivery = Delivery()
    try bytes.withUnsafeBytes { bytes in
      let user = Unmanaged.passRetained(kept).toOpaque()
      try Host.call {
        trawl_scan_add_memory(
          scan, "kept", bytes.baseAddress, bytes.count,
          { user in
            Unmanaged<Item>.fromOpaque(user!).takeRetainedValue().releases.add(
              1, ordering: .relaxed)
          }, user, $0)
      }
      #expect(kept.releases.load(ordering: .relaxed) == 0)
      try delivery.run(scan)
    }
    #expect(delivery.matched.sorted() == ["copied", "kept", "reader"])
    #expect(delivery.isComplete && delivery.ledger.seen == 3)
    #expect(kept.releases.load(ordering: .relaxed) == 1)
    #expect(item.releases.load(ordering: .relaxed) == 1)
  }
}
