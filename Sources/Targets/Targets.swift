public import Bytes
public import Evidence
public import Files
import Glibc
public import Images

/// Targets of a scan as a user names them: files, directories, disk images and block devices.
public struct Targets: Sendable {
  /// Interpretation of a target.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// An image if the bytes of the target show one, or if it is a block device; else files.
    case auto
    /// A file, or a directory of files.
    case file
    /// A disk image or a block device.
    case image
  }

  /// The targets, in order.
  public var paths: [RawPath]
  /// Interpretation of the targets.
  public var kind: Kind
  /// Options for files and directories. The filter also applies to images.
  public var files = FileSource.Options()
  /// Options for images.
  public var images = ImageSource.Options()

  /// Creates targets with the default options.
  public init(_ paths: [RawPath], as kind: Kind = .auto) {
    self.paths = paths
    self.kind = kind
  }

  /// Sets aside the targets on mounted file systems that do not answer in time: a request for
  /// their status would wait for ever. Returns a source that reports them. `isCancelled` ends the waiting, too.
  public mutating func setAsideUnanswered(isCancelled: () -> Bool = { false }) -> [any ItemSource] {
    let mounts = RemoteMounts()
    let silent = paths.filter {
      !mounts.answers(
        at: FileSource.absolute($0), within: files.answerTimeout, isCancelled: isCancelled)
    }
    paths.removeAll(where: silent.contains)
    return silent.isEmpty ? [] : [UnansweredSource(silent, seconds: files.answerTimeout)]
  }

  /// Whether a target is scanned as an image.
  public var hasImage: Bool { paths.contains(where: isImage) }

  /// Sources of the targets, in their order: one for each image, one for consecutive files. Targets
  /// inside other targets are omitted; `say` receives a message about each.
  public func sources(say: (String) -> Void = { _ in }) -> [any ItemSource] {
    var sources = [any ItemSource]()
    var pending = [RawPath]()
    func flush() {
      guard !pending.isEmpty else { return }
      sources.append(FileSource(pending, options: files))
      pending = []
    }
    var images = images
    images.filter = files.filter
    let wanted = withoutRepetition(say: say)
    let recognised = Set(wanted.filter(isImage))
    // `image.00*`, expanded by the shell, is one image: its later files belong to the first.
    let places = Set(recognised.compactMap(\.resolved))
    let parts = Set(
      recognised.flatMap { target in
        let parts = ImageSource.parts(of: target).compactMap(\.resolved)
        // If only a later file of a set was named, the set is opened by that file.
        guard let first = parts.first, !places.contains(first) else { return parts.dropFirst() }
        return parts.filter { $0 > (target.resolved ?? target) }[...]
      })
    for target in wanted where !parts.contains(target.resolved ?? target) {
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

  /// Removes targets that are equal to, or below, another one.
  private func withoutRepetition(say: (String) -> Void) -> [RawPath] {
    // Nil for a path that does not exist: it is reported as missing in any case.
    let places = paths.map(\.resolved)
    return paths.indices.filter { index in
      let holder = paths.indices.first { other in
        guard other != index, let place = places[index], let holder = places[other] else {
          return false
        }
        return place.isInside(holder) && (place != holder || other < index)
      }
      if let holder {
        say("\(paths[index].shown): scanned as part of the target \(paths[holder].shown)")
      }
      return holder == nil
    }.map { paths[$0] }
  }

  /// Whether a target is scanned as an image.
  private func isImage(_ target: RawPath) -> Bool {
    var status = stat()
    guard target.withCString({ stat($0, &status) }) == 0 else { return false }
    switch (kind, status.st_mode & S_IFMT) {
    case (.file, _): return false
    // The file source reports targets that cannot be examined.
    case (.auto, S_IFREG): return (try? ImageSource.recognises(target)) ?? false
    case (.auto, S_IFBLK), (.image, S_IFBLK), (.image, S_IFREG): return true
    // A folder of bands is one image, not a folder of files.
    case (.auto, S_IFDIR), (.image, S_IFDIR): return ImageSource.isBundle(target)
    default: return false
    }
  }
}
