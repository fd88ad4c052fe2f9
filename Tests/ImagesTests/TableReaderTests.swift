import TestSupport
import Testing

@testable import Containers

/// Numbers and bits of tables, across pages and at the end of the file.
@Suite struct TableReaderTests {
  private let bytes = (0..<70_001).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ $0 >> 8) }
  private let reader: TableReader
  private let folder: TemporaryDirectory

  init() throws {
    folder = try TemporaryDirectory()
    reader = TableReader(try folder.imageFile(bytes))
  }

  @Test(arguments: [0, 1, 32_764, 32_765, 32_767, 32_768, 65_535, 69_993])
  func numbersAreThoseOfTheFile(_ place: Int) throws {
    let little: UInt64 = try reader.little(at: UInt64(place))
    let big: UInt64 = try reader.big(at: UInt64(place))
    let part = bytes[place..<(place + 8)]
    #expect(big == part.reduce(0) { $0 << 8 | UInt64($1) })
    #expect(little == big.byteSwapped)
  }

  @Test func numbersBehindTheEndAreErrors() throws {
    #expect(try reader.little(at: 70_000, as: UInt8.self) == bytes[70_000])
    for place in [69_998, 70_001, 1 << 40, .max - 3] as [UInt64] {
      let error = #expect(throws: ImageError.self) { try reader.little(at: place, as: UInt32.self) }
      #expect(error?.reason == .truncated)
    }
  }

  @Test func runsOfBitsEndWhereTheValueChanges() throws {
    let file = try folder.imageFile(
      [0b1110_0000, 0xFF, 0b0000_0111, 0] + [UInt8](zeros: 2000), "bits")
    let reader = TableReader(file)
    func run(_ index: UInt64, _ limit: UInt64, _ order: TableReader.BitOrder) throws -> [UInt64] {
      let (value, count) = try reader.bits(at: 0, from: index, limit: limit, order: order)
      return [value ? 1 : 0, count]
    }
    #expect(try run(0, 100, .lowestFirst) == [0, 5])
    #expect(try run(5, 100, .lowestFirst) == [1, 14])
    #expect(try run(0, 100, .highestFirst) == [1, 3])
    #expect(try run(3, 100, .highestFirst) == [0, 5])
    #expect(try run(8, 3, .highestFirst) == [1, 3])
    #expect(try run(24, .max, .lowestFirst) == [0, 8192])
    #expect(throws: ImageError.self) { try run(2004 * 8, 8, .lowestFirst) }
  }
}
