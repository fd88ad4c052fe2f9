public import Bytes
internal import CHost
import Containers
import FileSystems
import Glibc
import HelperProcesses
import Volumes

/// The helper's side of ``HelperProcess``: reads requests from standard input, replies on
/// standard output.
public enum ImageHelper {
  /// Hidden argument that makes a program a helper.
  public static let argument = "image-helper-process"

  /// Serves requests until the parent closes the pipe, if this process was started as a helper;
  /// otherwise returns immediately. A host that opens images must call it first in `main`.
  public static func runIfRequested() {
    guard isRequested else { return }
    c_system_confine(8 << 30)
    serve(FrameStream(input: 0, output: 1))
    exit(0)
  }

  /// Whether this process was started as a helper.
  package static var isRequested: Bool { CommandLine.arguments.dropFirst() == [argument] }

  /// Command that starts this program as a helper.
  public static var ownCommand: [RawPath] { ["/proc/self/exe", RawPath(argument)] }

  private static func serve(_ stream: FrameStream) {
    var image: HelperImage?
    do throws(FrameStream.Failure) {
      while true {
        let frame = try stream.receive(.init(seconds: nil))
        let last = try serve(frame, &image, stream)
        try stream.send(last.frame)
        try stream.flush()
      }
    } catch {
      // The parent is gone, or its requests are invalid, so nothing can be reported.
    }
  }

  /// Sends all of a reply except its last part, which it returns.
  private static func serve(
    _ frame: Frame, _ image: inout HelperImage?, _ stream: FrameStream
  ) throws(FrameStream.Failure) -> HelperReply {
    let request: HelperRequest
    do throws(WireReader.Malformed) { request = try HelperRequest(frame) } catch {
      throw .malformed
    }
    do throws(ImageError) {
      if case .open(let paths) = request {
        // The first name leads to the others, here as in the parent.
        guard let name = paths.first else { throw ImageError("no image is named") }
        let opened = try HelperImage(try OpenedImage(name).medium)
        image = opened
        return .done(chunks: opened.reader.chunks.decoded)
      }
      if case .attach(let size) = request {
        image = try HelperImage(ParentMedium(stream, size: size))
        return .done(chunks: 0)
      }
      if case .patch(let patches) = request, let reader = image?.reader {
        image = try HelperImage(PatchedMedium(reader, patches))
        return .done(chunks: 0)
      }
      guard let image else { throw ImageError("no image is open") }
      let before = image.reader.chunks.decoded
      switch request {
      case .open, .attach, .supply, .refuse, .patch: break
      case .volumes(let sectorSize):
        for volume in image.partitions(sectorSize: sectorSize) {
          try send(.volume(volume), to: stream)
        }
      case .probe(let volume):
        let volume = try image.volume(at: volume)
        let type: String
        do throws(FileSystemRefusal) { type = try volume.open().typeName } catch {
          return .refused(error)
        }
        try send(.fileSystem(type), to: stream)
      case .containedVolumes(let container):
        for volume in try image.containedVolumes(at: container) {
          try send(.containedVolume(volume), to: stream)
        }
      case .walk(let volume):
        try image.volume(at: volume).walk { reply throws(ImageError) in
          try send(reply, to: stream)
        }
      case .freeSpace(let volume):
        try image.volume(at: volume).freeSpace { run throws(ImageError) in
          try send(.free(run), to: stream)
        }
      case .read(let address, let volume, let offset, let count):
        let volume = try image.volume(at: volume)
        try send(.data(try volume.read(address, offset: offset, count: Int(count))), to: stream)
      }
      return .done(chunks: image.reader.chunks.decoded - before)
    } catch {
      return .failed(error.description)
    }
  }

  private static func send(_ reply: HelperReply, to stream: FrameStream) throws(ImageError) {
    do throws(FrameStream.Failure) {
      try stream.send(reply.frame)
      // A sign of life must not wait in the buffer.
      if case .heartbeat = reply { try stream.flush() }
    } catch {
      // Without a parent there is nothing left to do.
      exit(1)
    }
  }
}
