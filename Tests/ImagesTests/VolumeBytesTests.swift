import Containers
import TestSupport
import Testing

@testable import Volumes

/// Bytes of a volume: reads end where the volume or the medium ends.
@Suite struct VolumeBytesTests {
  private let medium = MemoryMedium((0..<100).map { UInt8($0) })

  @Test func readsStayInsideTheVolume() throws {
    let volume = VolumeBytes(medium, at: 10, length: 20)
    #expect(try volume.bytes(at: 0, count: 2) == [10, 11])
    #expect(try volume.bytes(at: 18, count: 9) == [28, 29])
    #expect(try volume.bytes(at: 20, count: 1).isEmpty)
    #expect(try volume.bytes(at: .max, count: 1).isEmpty)
    #expect(try volume.number(18, as: UInt16.self) == 29 << 8 | 28)
    #expect(try volume.number(19, as: UInt16.self) == nil)
  }

  @Test func aVolumeIsNotLongerThanItsMedium() {
    #expect(VolumeBytes(medium, at: 90, length: .max).length == 10)
    #expect(VolumeBytes(medium, at: 100, length: 5).length == 0)
    #expect(VolumeBytes(medium, at: .max, length: .max).length == 0)
  }

  @Test func magicsAreComparedWhole() throws {
    let volume = VolumeBytes(MemoryMedium([0x4C, 0xBA, 0xBE]), at: 0, length: 3)
    #expect(try volume.hold("L\u{BA}\u{BE}", at: 0))
    #expect(try !volume.hold("L\u{BA}\u{BE}x", at: 0))
    #expect(try !volume.hold("L", at: 3))
  }
}
