public import Bytes
internal import CSleuthKit
import Glibc

/// The other side of ``HelperProcess``: reads requests from standard input, answers on standard output.
public enum ImageHelper {
  /// The hidden argument that makes a program a helper.
  public static let argument = "image-helper-process"

  /// Serves requests until the parent closes the pipe, if this process was started as a helper; else
  /// returns at once. A host that opens images calls it first thing in `main`.
  public static func runIfRequested() {
    guard CommandLine.arguments.dropFirst() == [argument] else { return }
    c_sleuthkit_confine(8 << 30)
    serve(FrameStream(input: 0, output: 1))
    exit(0)
  }

  /// This program as a helper.
  public static var ownCommand: [RawPath] { ["/proc/self/exe", RawPath(argument)] }

  private static func serve(_ stream: FrameStream) {
    var image: SleuthKitImage?
    do throws(FrameStream.Failure) {
      while true {
        let frame = try stream.receive(.init(seconds: nil))
        let last = try answer(frame, &image, stream)
        try stream.send(last.frame)
        try stream.flush()
      }
    } catch {
      // The parent has gone, or speaks another language: there is nobody to tell.
    }
  }

  /// Sends all of an answer but its last reply, which it returns.
  private static func answer(
    _ frame: Frame, _ image: inout SleuthKitImage?, _ stream: FrameStream
  ) throws(FrameStream.Failure) -> HelperReply {
    let request: HelperRequest
    do throws(WireReader.Malformed) { request = try HelperRequest(frame) } catch {
      throw .malformed
    }
    do throws(ImageError) {
      if case .open(let paths) = request {
        // The first name leads to the others, here as in the parent.
        guard let name = paths.first else { throw ImageError("no image is named") }
        let opened = try SleuthKitImage(try OpenedImage(name).reader)
        image = opened
        return .done(chunks: opened.reader.chunks.decoded)
      }
      guard let image else { throw ImageError("no image is open") }
      let before = image.reader.chunks.decoded
      switch request {
      case .open: break
      case .volumes(let sectorSize):
        for volume in image.volumes(sectorSize: sectorSize) {
          try send(.volume(volume), to: stream)
        }
      case .probe(let volume):
        try send(.fileSystem(try image.volume(at: volume).fileSystemName()), to: stream)
      case .containedVolumes(let container):
        for volume in try image.container(at: container).volumes() {
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
      case .read(let address, let offset, let count):
        let volume = try image.volume(at: address.volume)
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
      // A count of nothing is a sign of life, which must not wait for others.
      if case .ignored(_, count: 0) = reply { try stream.flush() }
    } catch {
      // Nothing is left to do without a parent.
      exit(1)
    }
  }
}
