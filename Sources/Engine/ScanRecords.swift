import Dispatch
public import Findings
import Locks

extension Scan {
  /// Records as an asynchronous sequence. The scan begins with the first iterator and runs on its
  /// own threads; it waits for a slow reader, so memory stays bounded. Ending the loop early
  /// cancels the scan. Errors are those of ``run(sink:)``.
  public var records: ScanRecords { ScanRecords(scan: self) }
}

/// Records of one scan, in order of completion. Supports one iteration, as a scan runs once.
public struct ScanRecords: AsyncSequence, Sendable {
  let scan: Scan

  /// Starts the scan.
  public func makeAsyncIterator() -> Iterator { Iterator(scan) }

  /// Iterates over the records. Releasing it, or cancelling the task that waits for the next
  /// record, cancels the scan.
  public final class Iterator: AsyncIteratorProtocol {
    private let scan: Scan
    private let channel = RecordChannel(capacity: 64)

    init(_ scan: Scan) {
      self.scan = scan
      let channel = channel
      DispatchQueue(label: "trawl.records").async {
        do {
          try scan.run(sink: channel)
          channel.close(nil)
        } catch {
          channel.close(error)
        }
      }
    }

    deinit {
      scan.cancel()
      channel.abandon()
    }

    /// Returns the next record; nil after the summary.
    public func next() async throws -> Record? {
      let scan = scan
      return try await withTaskCancellationHandler {
        try await channel.next()
      } onCancel: {
        scan.cancel()
      }
    }
  }
}

/// A bounded channel between the scan's threads, which may block, and a task, which may not.
private final class RecordChannel: RecordSink {
  private struct State {
    var records: [Record] = []
    var reader: CheckedContinuation<Record?, any Error>?
    var end: Result<Void, any Error>?
    var isAbandoned = false
  }
  private let state = Locked(State())
  private let room: DispatchSemaphore

  init(capacity: Int) { room = DispatchSemaphore(value: capacity) }

  func receive(_ record: Record) throws {
    room.wait()
    let (isKept, reader) = state.withLock {
      state -> (Bool, CheckedContinuation<Record?, any Error>?) in
      if state.isAbandoned { return (false, nil) }
      if let reader = state.reader {
        state.reader = nil
        return (false, reader)
      }
      state.records.append(record)
      return (true, nil)
    }
    // A record that does not stay in the channel takes no room.
    if !isKept { room.signal() }
    reader?.resume(returning: record)
  }

  func close(_ failure: (any Error)?) {
    let reader = state.withLock { state -> CheckedContinuation<Record?, any Error>? in
      state.end = failure.map { .failure($0) } ?? .success(())
      defer { state.reader = nil }
      return state.reader
    }
    guard let reader else { return }
    if let failure { reader.resume(throwing: failure) } else { reader.resume(returning: nil) }
  }

  func next() async throws -> Record? {
    try await withCheckedThrowingContinuation { continuation in
      let answer = state.withLock { state -> Result<Record?, any Error>? in
        if !state.records.isEmpty {
          room.signal()
          return .success(state.records.removeFirst())
        }
        if let end = state.end { return end.map { nil } }
        state.reader = continuation
        return nil
      }
      if let answer { continuation.resume(with: answer) }
    }
  }

  /// Ends reading: further records are dropped, and the scan's threads do not wait.
  func abandon() {
    let waiting = state.withLock { state in
      state.isAbandoned = true
      defer { state.records = [] }
      return state.records.count
    }
    for _ in 0..<waiting { room.signal() }
  }
}
