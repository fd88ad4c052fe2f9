import Bytes
import Glibc
import Testing

@Suite struct SystemCallErrorTests {
  @Test func theDescriptionIsTheCallAndTheSystemsWords() {
    let error = SystemCallError("open", EACCES)
    #expect("\(error)" == "open: Permission denied")
    #expect(error.words == "Permission denied")
    #expect(error.number == EACCES)
  }

  @Test func aNumberThatTheSystemDoesNotKnowHasWordsToo() {
    #expect(SystemCallError("open", 99_999).words.contains("99999"))
  }

  @Test func theLastFailureOfTheThreadIsTaken() {
    errno = ENOENT
    #expect(SystemCallError(last: "stat") == SystemCallError("stat", ENOENT))
  }

  @Test func aCallThatASignalInterruptedIsRepeated() {
    var answers = [-1, -1, 7]
    let value = retryingInterrupts { () -> Int in
      errno = EINTR
      return answers.removeFirst()
    }
    #expect(value == 7)
    var calls = 0
    let failure = retryingInterrupts { () -> Int in
      calls += 1
      errno = EBADF
      return -1
    }
    #expect(failure == -1 && calls == 1)
  }
}
