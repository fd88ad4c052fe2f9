public import Bytes
internal import CArchive
internal import CHost
import Evidence
import Glibc
import HelperProcesses

/// The helper's side of ``HelperArchiveReader``: reads requests from standard input, replies on standard output.
public enum ArchiveHelper {
  /// Hidden argument that makes a program a helper.
  public static let argument = "archive-helper-process"

  /// Command that starts this program as a helper.
  public static var ownCommand: [RawPath] { ["/proc/self/exe", RawPath(argument)] }

  /// Serves requests until the parent closes the pipe, if this process was started as a helper; otherwise returns
  /// immediately. A host that opens archives must call it first in `main`.
  public static func runIfRequested() {
    guard CommandLine.arguments.dropFirst() == [argument] else { return }
    // A dictionary of 7-Zip has up to 1.5 GiB.
    c_system_confine(3 << 30)
    c_archive_use_utf8()
    serve(FrameStream(input: 0, output: 1))
    exit(0)
  }

  /// Length up to which a member is sent as a whole while members are listed: it is unpacked once.
  static let wholeLength = 32 << 10

  private static func serve(_ stream: FrameStream) {
    do throws(FrameStream.Failure) {
      while true {
        let frame = try stream.receive(.init())
        let last: ArchiveReply
        switch try? ArchiveRequest(frame) {
        case .list(let kind, let size):
          last = try list(kind, bytes(size, stream), stream)
        case .unpack(let kind, let size, let members, let limit):
          last = try unpack(kind, bytes(size, stream), members, limit, stream)
        default: throw .malformed
        }
        try stream.send(last.frame)
        try stream.flush()
      }
    } catch {
      // The parent is gone, or its requests are invalid: there is nobody to notify.
    }
  }

  /// Runs ahead of the parent as far as the pipe lets it: no member waits for an answer.
  private static func list(_ kind: ArchiveKind, _ bytes: ArchiveBytes, _ stream: FrameStream)
    throws(FrameStream.Failure) -> ArchiveReply
  {
    do throws(ItemProblem) {
      let archive = try kind.pass(over: bytes)
      var index: UInt64 = 0
      while try archive.next() {
        var member = archive.member(index)
        if member.kind == .file, member.problem == nil {
          let read = archive.read(upTo: UInt64(wholeLength), isExact: false) {
            member.head.append(contentsOf: $0)
          }
          member.isWhole = read.end == .whole
          if read.end == .cut {
            member.head.removeLast(max(0, member.head.count - ArchiveSignature.headSize))
          }
          member.problem = read.problem
        }
        try send(.member(member), to: stream)
        index += 1
      }
      return .done
    } catch {
      return .failed(error)
    }
  }

  private static func unpack(
    _ kind: ArchiveKind, _ bytes: ArchiveBytes, _ members: [UInt64], _ limit: UInt64,
    _ stream: FrameStream
  ) throws(FrameStream.Failure) -> ArchiveReply {
    do throws(ItemProblem) {
      let archive = try kind.pass(over: bytes)
      var index: UInt64 = 0
      for member in members {
        repeat {
          guard try archive.next() else { return .done }
          index += 1
        } while index <= member
        var isGone = false
        let (end, reason) = archive.read(upTo: limit, isExact: true) { piece in
          do throws(FrameStream.Failure) {
            try stream.send(ArchiveReply.data(Array(piece)).frame)
          } catch {
            isGone = true
          }
        }
        if isGone { throw ItemProblem(.unreadable, "the parent is gone") }
        var problem = reason
        if end == .cut, problem == nil {
          problem = ItemProblem(
            .tooLarge,
            "it has more than \(limit) bytes, the memory left for it; raise it (--memory)")
        }
        try send(.end(member, problem), to: stream)
      }
      return .done
    } catch {
      return .failed(error)
    }
  }

  /// Bytes that the parent has, asked for over the pipe in the middle of a reply.
  private static func bytes(_ size: UInt64, _ stream: FrameStream) -> ArchiveBytes {
    ArchiveBytes(size: size) { offset, count in
      var answer: ArchiveRequest?
      do throws(FrameStream.Failure) {
        try stream.send(ArchiveReply.need(offset: offset, count: UInt32(count)).frame)
        try stream.flush()
        answer = try? ArchiveRequest(try stream.receive(.init()))
      } catch {
        answer = nil
      }
      switch answer {
      case .supply(let bytes) where bytes.count <= count: return bytes
      case .refuse: return nil
      default:
        // The parent is gone, or does not know what it says: nobody waits for an answer.
        exit(1)
      }
    }
  }

  private static func send(_ reply: ArchiveReply, to stream: FrameStream) throws(ItemProblem) {
    do throws(FrameStream.Failure) { try stream.send(reply.frame) } catch {
      // Without a parent there is nothing left to do.
      exit(1)
    }
  }
}
