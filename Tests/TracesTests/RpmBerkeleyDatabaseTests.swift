import Findings
import Profiles
import TestSupport
import Testing

@testable import Traces

/// rpm's Berkeley DB format: a metadata page, pages of pairs, chains of overflow pages, built from db_page.h.
@Suite struct RpmBerkeleyDatabaseTests {
  private let names: RecordNames = {
    var names = RecordNames()
    names.packages = ["acme"]
    names.publishers.wholeNames = ["Acme"]
    return names
  }()

  /// The header of a package by the vendor, with `padding` bytes of other data.
  private func header(padding: Int = 0) -> [UInt8] {
    let data = Array("acme\0Acme\0".utf8) + [UInt8](zeros: padding)
    func entry(_ tag: RpmHeader.Tag, _ offset: UInt32) -> [UInt8] {
      [UInt8](big: tag.rawValue) + [0, 0, 0, 6] + [UInt8](big: offset) + [0, 0, 0, 1]
    }
    return [0, 0, 0, 2] + [UInt8](big: UInt32(data.count)) + entry(.name, 0) + entry(.vendor, 5)
      + data
  }

  /// Writes numbers in the byte order of a machine.
  private struct Order {
    let isBig: Bool
    func write<Number: FixedWidthInteger>(
      _ number: Number, at place: Int, of bytes: inout [UInt8]
    ) {
      if isBig {
        bytes.write(big: number, at: place)
      } else {
        bytes.write(little: number, at: place)
      }
    }
  }

  private static let size = 512

  /// A page with its number, the next one, a type, and the number of its entries or the place of its free bytes.
  private func page(
    _ number: UInt32, next: UInt32 = 0, type: UInt8, entries: UInt16 = 0, free: UInt16 = 0,
    _ order: Order
  ) -> [UInt8] {
    var bytes = [UInt8](zeros: Self.size)
    order.write(number, at: 8, of: &bytes)
    order.write(next, at: 16, of: &bytes)
    order.write(entries, at: 20, of: &bytes)
    order.write(free, at: 22, of: &bytes)
    bytes[25] = type
    return bytes
  }

  /// A page of one pair: the number 7 and a value.
  private func pair(_ number: UInt32, _ value: [UInt8], _ order: Order) -> [UInt8] {
    var bytes = page(number, type: 13, entries: 2, order)
    let key = Self.size - 5
    bytes[key] = 1
    order.write(UInt32(7), at: key + 1, of: &bytes)
    bytes.write(value, at: key - value.count)
    order.write(UInt16(key), at: 26, of: &bytes)
    order.write(UInt16(key - value.count), at: 28, of: &bytes)
    return bytes
  }

  /// A database of one bucket, whose page 1 has the header of a package, or leads to it from page 2 on.
  private func database(
    isBig: Bool = false, padding: Int = 0, _ change: (inout [UInt8]) -> Void = { _ in }
  ) -> [UInt8] {
    let order = Order(isBig: isBig)
    let header = header(padding: padding)
    var pages = [[UInt8]]()
    if padding == 0 {
      pages = [pair(1, [1] + header, order)]
    } else {
      var link = [UInt8](zeros: 12)
      link[0] = 3
      order.write(UInt32(2), at: 4, of: &link)
      order.write(UInt32(header.count), at: 8, of: &link)
      pages = [pair(1, link, order)]
      let room = Self.size - 26
      for start in stride(from: 0, to: header.count, by: room) {
        let part = Array(header[start..<min(start + room, header.count)])
        let number = UInt32(pages.count + 1)
        var bytes = page(
          number, next: start + room < header.count ? number + 1 : 0, type: 7,
          free: UInt16(part.count), order)
        bytes.write(part, at: 26)
        pages.append(bytes)
      }
    }
    var meta = [UInt8](zeros: Self.size)
    order.write(UInt32(0x0006_1561), at: 12, of: &meta)
    order.write(UInt32(9), at: 16, of: &meta)
    order.write(UInt32(Self.size), at: 20, of: &meta)
    meta[25] = 8
    order.write(UInt32(pages.count), at: 32, of: &meta)
    order.write(UInt32(1), at: 88, of: &meta)
    order.write(UInt32(1), at: 96, of: &meta)
    var bytes = meta + pages.flatMap { $0 }
    change(&bytes)
    return bytes
  }

  private func read(_ bytes: [UInt8]) -> RpmPackages {
    bytes.withUnsafeBytes { RpmBerkeleyDatabase($0, names).packages }
  }

  @Test(arguments: [false, true], [0, 300, 2000])
  func aPackageIsInAPageOrAChainInEitherByteOrder(_ isBig: Bool, _ padding: Int) {
    let found = read(database(isBig: isBig, padding: padding))
    #expect(found.traces.map(\.product) == ["acme"] && found.damage == nil)
  }

  @Test(
    "Metadata that rpm does not write",
    arguments: [
      (16, [7]), (16, [11]), (20, [0, 1]), (20, [0x01, 2]), (20, [0, 0, 2]), (24, [1]), (25, [9]),
      (26, [1]), (72, [2]), (72, [255, 255, 255, 255]), (96, [0xFF, 0xFF, 0xFF, 0x7F]),
    ] as [(Int, [UInt8])])
  func metadata(_ place: Int, _ value: [UInt8]) {
    let found = read(database { $0.write(value, at: place) })
    #expect(found.traces.isEmpty && found.damage != nil)
  }

  @Test(
    "Pages and entries that do not hold",
    arguments: [
      (8, [2]), (25, [5]), (26, [0, 0]), (26, [0xFF, 0xFF]), (28, [0xFF, 0xFF]), (28, [4, 0]),
      (507, [2]), (20, [0xFF, 0xFF]),
    ] as [(Int, [UInt8])])
  func pages(_ place: Int, _ value: [UInt8]) {
    let found = read(database { $0.write(value, at: 512 + place) })
    #expect(found.traces.isEmpty && found.damage != nil)
  }

  /// In the link at the end of page 1: type, first page, length; in page 2: number, next, bytes, type.
  @Test(
    "Chains that do not hold",
    arguments: [
      (512 + 495, [2]), (512 + 499, [9, 0]), (512 + 499, [1, 0]),
      (512 + 503, [255, 255, 255, 255]),
      (512 + 503, [255, 0x0A]), (1024 + 8, [3]), (1024 + 16, [2, 0]), (1024 + 16, [0, 0]),
      (1024 + 22, [0, 0]), (1024 + 22, [0xE7, 1]), (1024 + 25, [13]),
    ] as [(Int, [UInt8])])
  func chains(_ place: Int, _ value: [UInt8]) {
    let found = read(database(padding: 2000) { $0.write(value, at: place) })
    #expect(found.traces.isEmpty && found.damage != nil)
  }

  @Test func aCutDatabaseIsDamaged() {
    for padding in [0, 2000] {
      let whole = database(padding: padding)
      for count in [0, 16, 100, 511, 512, 600, whole.count - 1, whole.count - 512] {
        #expect(read(Array(whole.prefix(count))).damage != nil, "\(count)")
      }
    }
  }

  @Test func aBucketWithoutEntriesMayBeABlankPage() {
    let blank = [UInt8](zeros: Self.size)
    let empty = read(
      database {
        $0.write(blank, at: 512)
        $0.write(little: UInt32(0), at: 88)
      })
    #expect(empty.traces.isEmpty && empty.damage == nil)
    // The metadata counts a pair.
    let lost = read(database { $0.write(blank, at: 512) })
    #expect(lost.damage == "a page is missing or damaged")
  }

  @Test func aChainOfABucketThatLeadsBackIsReadOnce() {
    let found = read(database { $0.write(little: UInt32(1), at: 512 + 16) })
    #expect(found.traces.count == 1 && found.damage == "its pages lead in circles")
  }

  /// rpm keeps the next number under the key 0.
  @Test func theNumberZeroIsNoPackage() {
    let found = read(database { $0.write(little: UInt32(0), at: 512 + 508) })
    #expect(found.traces.isEmpty && found.damage == nil)
  }
}
