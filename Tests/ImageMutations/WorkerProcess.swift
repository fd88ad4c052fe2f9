import Foundation
import Glibc

/// A ``Worker`` as its supervisor sees it.
final class WorkerProcess {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var received: [UInt8] = []

  enum Answer {
    case line([String])
    /// The process is gone.
    case end
    /// Nothing came in time.
    case silence
  }

  /// This program again, as a worker.
  init?(_ arguments: [String]) {
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = arguments
    process.standardInput = input
    process.standardOutput = output
    do { try process.run() } catch { return nil }
  }

  deinit {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  func send(_ line: String) {
    // What a worker that died says about that is read as its end.
    try? input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
  }

  /// The next line, as words.
  func line(within seconds: Int) -> Answer {
    let descriptor = output.fileHandleForReading.fileDescriptor
    let end = ContinuousClock.now + .seconds(seconds)
    while true {
      if let newline = received.firstIndex(of: 0x0A) {
        let text = String(decoding: received[..<newline], as: UTF8.self)
        received.removeSubrange(...newline)
        return .line(text.split(separator: "\t", omittingEmptySubsequences: false).map(String.init))
      }
      let left = (end - .now) / .milliseconds(1)
      guard left > 0 else { return .silence }
      var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&wait, 1, Int32(left)) > 0 else { continue }
      let read = withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
        let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        if count > 0 { received.append(contentsOf: buffer[..<count]) }
        return count
      }
      guard read > 0 else { return .end }
    }
  }

  /// What each thread of it waits for in the kernel: all that can be told of a hang once it is over.
  var threads: String {
    let folder = "/proc/\(process.processIdentifier)/task"
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return threads.map { thread in
      ["comm", "wchan", "syscall"].map { name in
        (try? String(contentsOfFile: "\(folder)/\(thread)/\(name)", encoding: .utf8))?
          .trimmingCharacters(in: .whitespacesAndNewlines) ?? "?"
      }.joined(separator: " ")
    }.joined(separator: "; ")
  }

  func kill() {
    Glibc.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// How it ended.
  func end() -> String {
    process.waitUntilExit()
    let how = process.terminationReason == .uncaughtSignal ? "signal" : "status"
    return "\(how) \(process.terminationStatus)"
  }
}
