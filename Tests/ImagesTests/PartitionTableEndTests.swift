import Evidence
import TestSupport
import Testing
import Volumes

/// A GPT states where its copy lies: at the end of the medium, unless that was cut off.
@Suite struct PartitionTableEndTests {
  private func medium(backup: UInt64, sector: Int = 512, size: Int = 20_480) -> MemoryMedium {
    var bytes = [UInt8](zeros: size)
    bytes.write("EFI PART", at: sector)
    bytes.write(little: backup, at: sector + 32)
    return MemoryMedium(bytes)
  }

  @Test(arguments: [512, 4096])
  func aCopyBehindTheEndIsAProblem(_ sector: Int) {
    let last = UInt64(20_480 / sector - 1)
    #expect(PartitionTableEnd.problems(medium(backup: last, sector: sector)).isEmpty)
    let cut = PartitionTableEnd.problems(medium(backup: last + 1, sector: sector))
    #expect(cut.map(\.reason) == [.truncated])
    #expect(cut.first?.message.contains("at byte 20480") == true)
  }

  @Test func anImpossiblePlaceIsAProblem() {
    let problems = PartitionTableEnd.problems(medium(backup: .max))
    #expect(problems.map(\.reason) == [.truncated])
    #expect(problems.first?.message.contains("beyond any medium") == true)
  }

  @Test func withoutAWholeHeaderThereIsNone() {
    #expect(PartitionTableEnd.problems(MemoryMedium([UInt8](zeros: 20_480))).isEmpty)
    #expect(PartitionTableEnd.problems(MemoryMedium([])).isEmpty)
    var bytes = [UInt8](zeros: 512 + 39)
    bytes.write("EFI PART", at: 512)
    #expect(PartitionTableEnd.problems(MemoryMedium(bytes)).isEmpty)
  }
}
