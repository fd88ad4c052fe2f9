import Evidence
import Glibc
import Testing

/// Reads that wait are told from one thread that was preempted.
@Suite struct ReadWaitTests {
  @Test func manySlowReadsAreLongOneIsNot() {
    var wait = ReadWait()
    #expect(wait.isShort && !wait.isLong)
    wait.during { _ = usleep(5000) }
    #expect(!wait.isLong)
    for _ in 0..<20 { wait.during { _ = usleep(500) } }
    #expect(wait.isLong && !wait.isShort)
  }
}
