import Containers
import TestSupport
import Testing

@testable import Volumes

/// A medium with copies of structures in place of lost ones.
@Suite struct VolumeCandidateTests {
  private let medium = PatchedMedium(
    MemoryMedium([UInt8](repeating: 7, count: 20)),
    [
      MediumPatch(offset: 5, bytes: [1, 2, 3]), MediumPatch(offset: 7, bytes: [9]),
      MediumPatch(offset: 18, bytes: [4, 4, 4, 4]),
    ])

  @Test func readsShowThePatches() throws {
    #expect(try medium.bytes(at: 4, count: 5) == [7, 1, 2, 9, 7])
    #expect(try medium.bytes(at: 6, count: 1) == [2])
    #expect(try medium.bytes(at: 0, count: 5) == [7, 7, 7, 7, 7])
  }

  @Test func aPatchDoesNotEnlargeTheMedium() throws {
    #expect(medium.size == 20)
    #expect(try medium.bytes(at: 17, count: 9) == [7, 4, 4])
    #expect(try medium.bytes(at: 20, count: 9).isEmpty)
    #expect(medium.place(of: 0..<1) == nil, "the file lacks the patches")
  }
}
