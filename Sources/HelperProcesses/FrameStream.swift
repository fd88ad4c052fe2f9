import Bytes
import Glibc

/// Frames over a pair of pipe ends; owns both.
package final class FrameStream {
  private let input: Int32
  private let output: Int32
  private var received: [UInt8] = []
  private var position = 0
  private var unsent: [UInt8] = []

  /// Failures of the pipe.
  package enum Failure: Error {
    /// Nothing arrived within the time limit.
    case timedOut
    /// The other side has closed the pipe.
    case closed
    /// The bytes received are not a frame.
    case malformed
    /// The scan was cancelled during the wait.
    case cancelled
  }

  package init(input: Int32, output: Int32) {
    self.input = input
    self.output = output
  }

  deinit {
    close(input)
    close(output)
  }

  /// Appends a frame to the buffer, which is sent when it is full, or by ``flush()``.
  package func send(_ frame: Frame) throws(Failure) {
    frame.append(to: &unsent)
    if unsent.count >= 65_536 { try flush() }
  }

  /// Sends the buffered frames.
  package func flush() throws(Failure) {
    var start = 0
    while start < unsent.count {
      let count = unsent[start...].withUnsafeBytes { piece in
        retryingInterrupts {
          BrokenPipeSignal.blocked { write(output, piece.baseAddress, piece.count) }
        }
      }
      guard count > 0 else { throw .closed }
      start += count
    }
    unsent.removeAll(keepingCapacity: true)
  }

  /// Limits on waiting for the other side.
  package struct Patience {
    /// Seconds without data that are allowed; nil for no limit.
    package var seconds: Int?
    /// Polled a few times a second.
    package var isCancelled: @Sendable () -> Bool

    /// Creates limits; none by default.
    package init(seconds: Int? = nil, isCancelled: @escaping @Sendable () -> Bool = { false }) {
      self.seconds = seconds
      self.isCancelled = isCancelled
    }
  }

  /// Returns the next frame.
  package func receive(_ patience: Patience) throws(Failure) -> Frame {
    let length = Int(UInt32(littleEndian: try number(patience)))
    guard (1...Frame.maximumLength).contains(length) else { throw .malformed }
    try fill(length, patience)
    let kind = received[position]
    let fields = Array(received[(position + 1)..<(position + length)])
    position += length
    return Frame(kind: kind, fields: fields)
  }

  private func number(_ patience: Patience) throws(Failure) -> UInt32 {
    try fill(4, patience)
    var number: UInt32 = 0
    withUnsafeMutableBytes(of: &number) {
      $0.copyBytes(from: received[position..<(position + 4)])
    }
    position += 4
    return number
  }

  /// Waits until `count` bytes are buffered.
  private func fill(_ count: Int, _ patience: Patience) throws(Failure) {
    while received.count - position < count {
      if position > 0 {
        received.removeFirst(position)
        position = 0
      }
      try waitForInput(patience)
      let read = withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 16) { piece in
        let count = retryingInterrupts { Glibc.read(input, piece.baseAddress, piece.count) }
        if count > 0 {
          received.append(contentsOf: UnsafeRawBufferPointer(rebasing: piece[..<count]))
        }
        return count
      }
      guard read > 0 else { throw .closed }
    }
  }

  private func waitForInput(_ patience: Patience) throws(Failure) {
    guard let seconds = patience.seconds else { return }
    let end = ContinuousClock.now + .seconds(seconds)
    var wait = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
    while retryingInterrupts({ poll(&wait, 1, 200) }) == 0 {
      if patience.isCancelled() { throw .cancelled }
      if ContinuousClock.now >= end { throw .timedOut }
    }
  }
}

/// Suppresses SIGPIPE, which a write to a pipe without reader sends, and which would end a host
/// that does not expect it: the signal is blocked on this thread during the call, and consumed
/// if it was sent.
private enum BrokenPipeSignal {
  static func blocked(_ body: () -> Int) -> Int {
    var pipeSignal = sigset_t()
    sigemptyset(&pipeSignal)
    sigaddset(&pipeSignal, SIGPIPE)
    var before = sigset_t()
    pthread_sigmask(SIG_BLOCK, &pipeSignal, &before)
    let result = body()
    let failure = errno
    if result == -1, failure == EPIPE {
      var none = timespec()
      sigtimedwait(&pipeSignal, nil, &none)
    }
    pthread_sigmask(SIG_SETMASK, &before, nil)
    errno = failure
    return result
  }
}
