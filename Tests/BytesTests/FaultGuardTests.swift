import Bytes
import Foundation
import Testing

/// Handling of SIGBUS signals that are not ours; each test in its own process, which may end.
@Suite struct FaultGuardTests {
  @Test func itIsInstalledOnce() {
    FaultGuard.install()
    #expect(FaultGuard.isInstalled)
    var before = sigaction()
    var after = sigaction()
    sigaction(SIGBUS, nil, &before)
    FaultGuard.install()
    sigaction(SIGBUS, nil, &after)
    #expect(
      unsafeBitCast(before.__sigaction_handler.sa_sigaction, to: Int.self)
        == unsafeBitCast(after.__sigaction_handler.sa_sigaction, to: Int.self))
  }

  @Test func nothingIsInstalledUnasked() async {
    await #expect(processExitsWith: .exitCode(3)) {
      guard !FaultGuard.isInstalled else { exit(1) }
      FaultGuard.install()
      exit(FaultGuard.isInstalled ? 3 : 2)
    }
  }

  @Test func aFaultElsewhereGoesToTheHandlerThatWasThere() async {
    await #expect(processExitsWith: .exitCode(7)) {
      signal(SIGBUS) { _ in _exit(7) }
      FaultGuard.install()
      touchVanishedPage()
    }
  }

  @Test func theHandlerThatWasThereIsToldTheAddress() async {
    await #expect(processExitsWith: .exitCode(8)) {
      var action = sigaction()
      action.sa_flags = SA_SIGINFO
      action.__sigaction_handler.sa_sigaction = { number, info, _ in
        _exit(number == SIGBUS && info?.pointee._sifields._sigfault.si_addr != nil ? 8 : 9)
      }
      sigaction(SIGBUS, &action, nil)
      FaultGuard.install()
      touchVanishedPage()
    }
  }

  @Test func aFaultElsewhereWithinAGuardIsNotOurs() async {
    await #expect(processExitsWith: .exitCode(7)) {
      signal(SIGBUS) { _ in _exit(7) }
      FaultGuard.install()
      let other = [UInt8](repeating: 0, count: 100)
      _ = other.withUnsafeBytes { bytes in FaultGuard.watching(bytes) { touchVanishedPage() } }
    }
  }

  @Test func withoutAHandlerTheProcessEndsAsItWouldHave() async {
    await #expect(processExitsWith: .signal(SIGBUS)) {
      noCoreFile()
      signal(SIGBUS, SIG_DFL)
      FaultGuard.install()
      touchVanishedPage()
    }
  }

  @Test func aSignalThatAnotherProcessSendsEndsItToo() async {
    await #expect(processExitsWith: .signal(SIGBUS)) {
      noCoreFile()
      signal(SIGBUS, SIG_DFL)
      FaultGuard.install()
      raise(SIGBUS)
      exit(1)
    }
  }

  @Test func aSignalThatWasIgnoredStaysIgnored() async {
    await #expect(processExitsWith: .exitCode(5)) {
      signal(SIGBUS, SIG_IGN)
      FaultGuard.install()
      raise(SIGBUS)
      raise(SIGBUS)
      exit(5)
    }
  }
}

private func noCoreFile() {
  var limit = rlimit(rlim_cur: 0, rlim_max: 0)
  setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
}

/// Reads a page of a mapped file after the file has become empty.
private func touchVanishedPage() {
  guard let file = tmpfile() else { exit(20) }
  ftruncate(fileno(file), 4096)
  let page = mmap(nil, 4096, PROT_READ, MAP_PRIVATE, fileno(file), 0)
  ftruncate(fileno(file), 0)
  exit(page!.load(as: UInt8.self) == 0 ? 21 : 22)
}
