import ArgumentParser
import Bytes
import Evidence
import Files
import Glibc
import Images

/// What a target is taken for.
enum TargetKind: String, ExpressibleByArgument, CaseIterable {
  case auto, file, image

  /// The sources of the targets, in their order: images each for itself, files together.
  func sources(of targets: [RawPath], files: FileSource.Options) -> [any ItemSource] {
    var sources = [any ItemSource]()
    var pending = [RawPath]()
    func flush() {
      guard !pending.isEmpty else { return }
      sources.append(FileSource(pending, options: files))
      pending = []
    }
    for target in targets {
      if isImage(target) {
        // `image.00*`, expanded by the shell, is one image.
        if targets.count > 1, ImageSource.isLaterSegment(target) { continue }
        flush()
        sources.append(ImageSource(target))
      } else {
        pending.append(target)
      }
    }
    flush()
    return sources
  }

  private func isImage(_ target: RawPath) -> Bool {
    var status = stat()
    guard target.withCString({ stat($0, &status) }) == 0 else { return false }
    switch (self, status.st_mode & S_IFMT) {
    case (.file, _): return false
    // What cannot be looked into is left to the file source, which says why.
    case (.auto, S_IFREG):
      return ImageSource.isLaterSegment(target) || (try? ImageSource.recognises(target)) ?? false
    case (.auto, S_IFBLK), (.image, S_IFBLK), (.image, S_IFREG): return true
    default: return false
    }
  }
}
