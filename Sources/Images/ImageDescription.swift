public import Bytes
public import Evidence

/// What an image holds, before any file of it is read.
public struct ImageDescription: Sendable {
  /// The files of the image, in order.
  public let files: [RawPath]
  /// What it is in, such as `raw`, and what was recognised in it.
  public let container: String
  /// The size of the medium in bytes.
  public let size: UInt64
  /// Its volumes; empty if it could not be opened.
  public let volumes: [ImageVolume]
  /// Why it cannot be opened; nil if it can.
  public let problem: String?

  /// Opens the image that `name` is or begins. Throws when a file of it cannot be read, or when no
  /// helper process can be started.
  public init(_ name: RawPath, options: ImageSource.Options = .init()) throws(ImageError) {
    files = SplitSet.segments(startingWith: name)
    let image = try RawImage(files)
    size = image.size
    switch try ImageSignature.detect(image) {
    case .container(let kind):
      container = kind
      volumes = []
      problem = "\(kind) images cannot be opened yet; convert it to a raw image"
      return
    case .raw(let what): container = (files.count > 1 ? "split raw" : "raw") + ", \(what)"
    case nil: container = files.count > 1 ? "split raw" : "raw"
    }
    (volumes, problem) = try Self.volumes(files, image.size, options)
  }

  private static func volumes(_ files: [RawPath], _ size: UInt64, _ options: ImageSource.Options)
    throws(ImageError) -> ([ImageVolume], String?)
  {
    do throws(HelperProcess.Failure) {
      let helper = try HelperProcess(options.helper, timeout: options.timeout)
      try helper.send(.open(files))
      if case .failed(let message) = try helper.receive() { return ([], message) }
      try helper.send(.volumes)
      var volumes = [ImageVolume]()
      while true {
        switch try helper.receive() {
        case .volume(let entry):
          // No partition table has so many entries.
          guard volumes.count < 4096, entry.volume.start <= size else {
            throw .lied("impossible volumes")
          }
          volumes.append(
            ImageVolume(volume: entry.volume, label: entry.label, problem: entry.problem))
        case .done: return (volumes, nil)
        case .failed(let message): return (volumes, message)
        default: throw .lied("an answer to another question")
        }
      }
    } catch {
      return ([], error.description)
    }
  }
}

/// A volume of an image, as its partition table and its file system describe it.
public struct ImageVolume: Hashable, Sendable {
  /// Where it is; the type is its file system's name, or the partition's if that has none.
  public let volume: Volume
  /// What the partition table calls it; empty without a partition table.
  public let label: String
  /// Why no file system can be read in it; nil if one can.
  public let problem: String?
}
