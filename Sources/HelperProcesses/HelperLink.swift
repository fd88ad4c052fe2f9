package import Bytes
internal import CHost
import Glibc

/// A helper process and the pipes to it, as seen by its parent. Used by one thread at a time.
package final class HelperLink {
  private let process: pid_t
  private let stream: FrameStream
  private var isReaped = false

  /// Failures of a helper.
  package enum Failure: Error, CustomStringConvertible {
    case start(String)
    case hung(seconds: Int)
    case cancelled
    case died(String)
    case protocolError(String)
    /// A helper that works correctly refused the request for this reason.
    case refused(String)

    package var description: String {
      switch self {
      case .start(let reason): "the helper process could not be started: \(reason)"
      case .hung(let seconds): "the helper process did not answer for \(seconds) s and was stopped"
      case .cancelled: "the scan was stopped before the helper process answered"
      case .died(let how): "the helper process \(how)"
      case .refused(let why): why
      case .protocolError(let what): "protocol error of the helper process: \(what)"
      }
    }
  }

  /// Starts `command` with its pipe ends as standard input and output, and no other open
  /// descriptors.
  package init(_ command: [RawPath]) throws(Failure) {
    var down: (Int32, Int32) = (-1, -1)
    var up: (Int32, Int32) = (-1, -1)
    guard Self.makePipe(&down) else { throw .start(String(cString: strerror(errno))) }
    guard Self.makePipe(&up) else {
      let reason = String(cString: strerror(errno))
      close(down.0)
      close(down.1)
      throw .start(reason)
    }
    stream = FrameStream(input: up.0, output: down.1)
    let child = Self.spawn(command, input: down.0, output: up.1)
    close(down.0)
    close(up.1)
    switch child {
    case .success(let process): self.process = process
    case .failure(let error): throw .start(error.words)
    }
  }

  deinit { _ = end() }

  /// Ends the process if it is still running; returns how it ended, nil if that is already known.
  private func end() -> Int32? {
    guard !isReaped else { return nil }
    isReaped = true
    kill(process, SIGKILL)
    var status: Int32 = 0
    return retryingInterrupts { waitpid(process, &status, 0) } == process ? status : nil
  }

  /// Whether it is running.
  package var isAlive: Bool {
    guard !isReaped else { return false }
    var status: Int32 = 0
    isReaped = retryingInterrupts { waitpid(process, &status, WNOHANG) } != 0
    return !isReaped
  }

  /// Sends a frame, at the latest with ``flush()``.
  package func send(_ frame: Frame) throws(Failure) {
    do throws(FrameStream.Failure) { try stream.send(frame) } catch { throw failure(of: error, 0) }
  }

  /// Sends what is buffered.
  package func flush() throws(Failure) {
    do throws(FrameStream.Failure) { try stream.flush() } catch { throw failure(of: error, 0) }
  }

  /// Returns the next frame.
  package func receive(_ patience: FrameStream.Patience) throws(Failure) -> Frame {
    do throws(FrameStream.Failure) { return try stream.receive(patience) } catch {
      throw failure(of: error, patience.seconds ?? 0)
    }
  }

  private func failure(of failure: FrameStream.Failure, _ seconds: Int) -> Failure {
    switch failure {
    case .timedOut: return .hung(seconds: seconds)
    case .cancelled: return .cancelled
    case .malformed: return .protocolError("invalid message length")
    case .closed:
      guard let status = end() else { return .died("is gone") }
      switch (status & 0x7F, status >> 8 & 0xFF) {
      case (0, let code): return .died("ended with status \(code)")
      case (SIGKILL, _): return .died("closed its pipe")
      case (let signal, _): return .died("was killed by signal \(signal)")
      }
    }
  }

  private static func makePipe(_ ends: inout (Int32, Int32)) -> Bool {
    c_system_pipe(&ends.0, &ends.1)
  }

  private static func spawn(_ command: [RawPath], input: Int32, output: Int32)
    -> Result<pid_t, SystemCallError>
  {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    // The host's descriptors need not close themselves in other programs.
    c_system_close_from_3(&actions)
    // Ctrl-C is for the parent, which ends its helpers itself.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // The helper does not inherit the signals that the host blocks or ignores.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
    posix_spawnattr_setflags(&attributes, Int16(flags))
    var arguments = command.map { word in word.withCString { strdup($0) } ?? nil }
    arguments.append(nil)
    defer { for argument in arguments { free(argument) } }
    guard let program = arguments[0] else { return .failure(SystemCallError("spawn", EINVAL)) }
    var process: pid_t = 0
    // The helper needs none of our environment.
    let environment: [UnsafeMutablePointer<CChar>?] = [nil]
    let status = posix_spawn(&process, program, &actions, &attributes, arguments, environment)
    return status == 0 ? .success(process) : .failure(SystemCallError("spawn", status))
  }
}
