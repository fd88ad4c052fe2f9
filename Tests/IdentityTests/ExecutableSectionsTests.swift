import TestSupport
import Testing

@testable import Identity

/// Section tables of a PE, and addresses in them.
@Suite struct ExecutableSectionsTests {
  private func read(_ change: (inout [UInt8]) -> Void = { _ in }) -> ExecutableSections? {
    ExecutableSections(PortableExecutableTests.program(change).span.bytes)
  }

  private let table = 88 + 96 + 128

  @Test func addressesAreInSections() throws {
    let found = try #require(read())
    #expect(found.sections.map(\.raw) == [512..<640, 768..<896])
    #expect(found.headers == 0..<512 && found.resources == 784..<832)
    #expect(found.offset(of: 0x1000) == 512 && found.offset(of: 0x207F) == 895)
    #expect(found.offset(of: 0xFFF) == nil && found.offset(of: 0x2080) == nil)
  }

  @Test func sectionsWithoutBytesAreLeftOut() throws {
    let found = try #require(read { $0.write(little: UInt32(0), at: table + 16) })
    #expect(found.sections.map(\.raw) == [768..<896])
    #expect(read { $0.write(little: UInt32(0), at: table + 60) }?.sections.count == 1)
  }

  @Test func resourcesEndWithTheirSection() throws {
    let directory = 88 + 96 + 16
    #expect(read { $0.write(little: UInt32.max, at: directory + 4) }?.resources == 784..<896)
    #expect(try #require(read { $0.write(little: UInt32(0), at: directory + 4) }).resources == nil)
    #expect(try #require(read { $0.write(little: UInt32.max, at: directory) }).resources == nil)
  }

  @Test func moreSectionsThanTheFileHoldsAreNotRead() throws {
    let found = try #require(read { $0.write(little: UInt16.max, at: 70) })
    #expect(found.sections.count == 2)
    #expect(found.headers == 0..<(table + 40 * 65_535))
    #expect(read { $0.write(little: UInt16.max, at: 84) }?.sections.isEmpty == true)
    #expect(read { $0[64] = 0 } == nil)
  }
}
