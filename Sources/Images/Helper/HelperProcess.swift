import Bytes
import Containers
import HelperProcesses

/// A helper process as seen by its parent. TSK parses hostile evidence in it, so a hang or a
/// crash affects a volume, not the scan. Handles one request at a time, on one thread at a
/// time.
final class HelperProcess {
  private let link: HelperLink
  private let patience: FrameStream.Patience
  private let noteChunks: (UInt64) -> Void
  /// Medium whose bytes it requests; nil if it opens files.
  private let medium: (any Medium)?

  /// Failures of a helper.
  typealias Failure = HelperLink.Failure

  /// Starts `command`. At the end of each reply, `noteChunks` receives the number of chunks decoded
  /// for it.
  init(
    _ command: [RawPath], _ patience: FrameStream.Patience, medium: (any Medium)? = nil,
    noteChunks: @escaping (UInt64) -> Void = { _ in }
  ) throws(Failure) {
    self.patience = patience
    self.noteChunks = noteChunks
    self.medium = medium
    link = try HelperLink(command)
  }

  /// Whether it is running: a waiting helper may have been killed, which is no failure of the
  /// next volume.
  var isAlive: Bool { link.isAlive }

  /// Sends a request.
  func send(_ request: HelperRequest) throws(Failure) {
    try link.send(request.frame)
    try link.flush()
  }

  /// Returns the next part of the reply. Meanwhile, supplies the bytes of the medium that the helper
  /// requests.
  func receive() throws(Failure) -> HelperReply {
    var waited = Duration.zero
    while true {
      let start = ContinuousClock.now
      let reply = try next()
      guard case .need(let offset, let count) = reply else { return reply }
      // A request is no heartbeat: a parser in an endless loop sends requests for ever.
      waited += ContinuousClock.now - start
      if let seconds = patience.seconds, waited > .seconds(seconds) {
        throw .hung(seconds: seconds)
      }
      if patience.isCancelled() { throw .cancelled }
      try supply(offset, count)
    }
  }

  private func supply(_ offset: UInt64, _ count: UInt32) throws(Failure) {
    guard let medium, count <= ParentMedium.pieceSize else {
      throw .protocolError("unexpected request for bytes")
    }
    let answer: HelperRequest
    do throws(ImageError) {
      let rest = medium.size - min(offset, medium.size)
      answer = .supply(try medium.bytes(at: offset, count: Int(min(UInt64(count), rest))))
    } catch {
      answer = .refuse(error.description)
    }
    try send(answer)
  }

  private func next() throws(Failure) -> HelperReply {
    let frame = try link.receive(patience)
    do throws(WireReader.Malformed) {
      let reply = try HelperReply(frame)
      if case .done(let chunks) = reply { noteChunks(chunks) }
      return reply
    } catch {
      throw .protocolError("malformed message of kind \(frame.kind)")
    }
  }
}
