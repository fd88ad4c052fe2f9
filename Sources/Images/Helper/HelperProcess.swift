import Bytes
internal import CSleuthKit
import Glibc

/// A helper process as its parent sees it: TSK parses hostile evidence there, where a hang or a crash
/// costs a volume and not the scan. One request at a time, by one thread at a time.
final class HelperProcess {
  private let process: pid_t
  private let stream: FrameStream
  private let patience: FrameStream.Patience
  private let noteChunks: (UInt64) -> Void
  private var isReaped = false

  /// What a helper can do wrong.
  enum Failure: Error, CustomStringConvertible {
    case start(String)
    case hung(seconds: Int)
    case cancelled
    case died(String)
    case lied(String)
    /// It did its work, and says why that cannot be done.
    case refused(String)

    var description: String {
      switch self {
      case .start(let reason): "the helper process could not be started: \(reason)"
      case .hung(let seconds): "the helper process was silent for \(seconds) s and was ended"
      case .cancelled: "the scan was stopped before the helper process answered"
      case .died(let how): "the helper process \(how)"
      case .refused(let why): why
      case .lied(let what): "the helper process answered nonsense: \(what)"
      }
    }
  }

  /// Starts `command` with its pipe ends as standard input and output, and nothing else open. With the end of each
  /// answer `noteChunks` hears how many chunks were decoded for it.
  init(
    _ command: [RawPath], _ patience: FrameStream.Patience,
    noteChunks: @escaping (UInt64) -> Void = { _ in }
  ) throws(Failure) {
    self.patience = patience
    self.noteChunks = noteChunks
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

  /// Ends the process if it has not ended by itself; answers how it ended, nil if that is known already.
  private func end() -> Int32? {
    guard !isReaped else { return nil }
    isReaped = true
    kill(process, SIGKILL)
    var status: Int32 = 0
    return retryingInterrupts { waitpid(process, &status, 0) } == process ? status : nil
  }

  /// Whether it runs: one that waited for work may have been ended, which says nothing of the next volume.
  var isAlive: Bool {
    guard !isReaped else { return false }
    var status: Int32 = 0
    isReaped = retryingInterrupts { waitpid(process, &status, WNOHANG) } != 0
    return !isReaped
  }

  /// Sends a request.
  func send(_ request: HelperRequest) throws(Failure) {
    do throws(FrameStream.Failure) {
      try stream.send(request.frame)
      try stream.flush()
    } catch {
      throw failure(of: error)
    }
  }

  /// The next part of the answer.
  func receive() throws(Failure) -> HelperReply {
    let frame: Frame
    do throws(FrameStream.Failure) { frame = try stream.receive(patience) } catch {
      throw failure(of: error)
    }
    do throws(WireReader.Malformed) {
      let reply = try HelperReply(frame)
      if case .done(let chunks) = reply { noteChunks(chunks) }
      return reply
    } catch {
      throw .lied("a message of kind \(frame.kind) that cannot be read")
    }
  }

  private func failure(of failure: FrameStream.Failure) -> Failure {
    switch failure {
    case .timedOut: return .hung(seconds: patience.seconds ?? 0)
    case .cancelled: return .cancelled
    case .malformed: return .lied("a message of an impossible length")
    case .closed:
      guard let status = end() else { return .died("is gone") }
      switch (status & 0x7F, status >> 8 & 0xFF) {
      case (0, let code): return .died("ended with status \(code)")
      case (SIGKILL, _): return .died("closed its pipe")
      case (let signal, _): return .died("was ended by signal \(signal)")
      }
    }
  }

  private static func makePipe(_ ends: inout (Int32, Int32)) -> Bool {
    c_sleuthkit_pipe(&ends.0, &ends.1)
  }

  private static func spawn(_ command: [RawPath], input: Int32, output: Int32)
    -> Result<pid_t, SystemCallError>
  {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    // Ctrl-C is for the parent, which ends its helpers itself.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    var arguments = command.map { word in word.withCString { strdup($0) } ?? nil }
    arguments.append(nil)
    defer { for argument in arguments { free(argument) } }
    guard let program = arguments[0] else { return .failure(SystemCallError("spawn", EINVAL)) }
    var process: pid_t = 0
    // It needs nothing of our environment.
    let environment: [UnsafeMutablePointer<CChar>?] = [nil]
    let status = posix_spawn(&process, program, &actions, &attributes, arguments, environment)
    return status == 0 ? .success(process) : .failure(SystemCallError("spawn", status))
  }
}
