import Foundation
import Glibc

/// A ``Worker`` as seen by its supervisor.
final class WorkerProcess {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var received: [UInt8] = []

  enum Answer {
    case line([String])
    /// The process has ended.
    case end
    /// Nothing arrived in time.
    case silence
  }

  /// Starts this program again, as a worker.
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
    // If the worker died, reading its output reports that.
    try? input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
  }

  /// Returns the next line, split into words.
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

  /// The kernel function in which each of its threads waits: the only information on a hang
  /// afterwards.
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

  /// Describes how it ended.
  func end() -> String {
    process.waitUntilExit()
    let how = process.terminationReason == .uncaughtSignal ? "signal" : "status"
    return "\(how) \(process.terminationStatus)"
  }
}
