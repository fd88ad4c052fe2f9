import ArgumentParser
import Bytes
import Evidence
import Files
import Glibc
import Images

/// What a target is taken for.
enum TargetKind: String, ExpressibleByArgument, CaseIterable {
  case auto, file, image

  /// The sources of the targets, in their order: images each for itself, files together. What another
  /// target holds already is left out, and said so.
  func sources(
    of targets: [RawPath], files: FileSource.Options, images: ImageSource.Options,
    say: (String) -> Void
  ) -> [any ItemSource] {
    var sources = [any ItemSource]()
    var pending = [RawPath]()
    func flush() {
      guard !pending.isEmpty else { return }
      sources.append(FileSource(pending, options: files))
      pending = []
    }
    var images = images
    images.filter = files.filter
    let wanted = Self.withoutRepetition(targets, say: say)
    let recognised = Set(wanted.filter(isImage))
    // `image.00*`, expanded by the shell, is one image: its later files belong to the first.
    let parts = Set(
      recognised.flatMap { ImageSource.parts(of: $0).dropFirst() }
        .compactMap(EvidenceSafety.resolved))
    for target in wanted where !parts.contains(EvidenceSafety.resolved(target) ?? target) {
      if recognised.contains(target) {
        flush()
        sources.append(ImageSource(target, options: images))
      } else {
        pending.append(target)
      }
    }
    flush()
    return sources
  }

  /// Leaves out targets that are, or lie below, one that came before or comes later.
  private static func withoutRepetition(_ targets: [RawPath], say: (String) -> Void) -> [RawPath] {
    // nil for what does not exist: it is missing, whatever else is scanned.
    let places = targets.map(EvidenceSafety.resolved)
    return targets.indices.filter { index in
      let holder = targets.indices.first { other in
        guard other != index, let place = places[index], let holder = places[other] else {
          return false
        }
        return place.isInside(holder) && (place != holder || other < index)
      }
      if let holder {
        say("\(targets[index].shown): scanned as part of the target \(targets[holder].shown)")
      }
      return holder == nil
    }.map { targets[$0] }
  }

  private func isImage(_ target: RawPath) -> Bool {
    var status = stat()
    guard target.withCString({ stat($0, &status) }) == 0 else { return false }
    switch (self, status.st_mode & S_IFMT) {
    case (.file, _): return false
    // What cannot be looked into is left to the file source, which says why.
    case (.auto, S_IFREG): return (try? ImageSource.recognises(target)) ?? false
    case (.auto, S_IFBLK), (.image, S_IFBLK), (.image, S_IFREG): return true
    // A folder of bands is one image, and no folder of files.
    case (.auto, S_IFDIR), (.image, S_IFDIR): return ImageSource.isBundle(target)
    default: return false
    }
  }
}
