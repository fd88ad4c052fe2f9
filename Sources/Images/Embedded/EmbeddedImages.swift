public import Bytes
import Containers
public import Evidence
import Volumes

/// The disk images that a scan may meet as files: in a folder, in an image, in an archive. All containers are opened,
/// and disks without a container, if they begin with a partition table or a file system.
public struct EmbeddedImages: ImageSupport {
  private let options: ImageSource.Options

  /// Creates support with the options for images. Their filter does not apply: it chooses files, and the image is one.
  public init(options: ImageSource.Options = .init()) {
    var options = options
    options.filter = PathFilter()
    options.verifies = false
    self.options = options
  }

  /// Whether the first bytes are those of an image, or more must be read to know.
  public func mayBeImage(_ head: RawSpan, size: UInt64) -> Bool {
    EmbeddedHead.mayBeImage(head, size: size)
  }

  /// Whether a content is a container, or a disk without one.
  public func isImage(_ content: any OpenContent) throws(ItemProblem) -> Bool {
    // Lost bytes are reported when they are needed.
    let medium = ReadableParts(ContentMedium(content))
    do throws(ImageError) {
      if try ContainerFormats.name(of: medium) != nil { return true }
      return try MediumContent.isDisk(medium)
    } catch {
      throw ItemProblem(error.reason, error.description)
    }
  }

  /// Pushes the items of the image in a content, and reports what it lacks.
  public func push(
    _ content: any OpenContent, named name: RawPath, to receiver: any ItemReceiver
  ) throws(ItemProblem) {
    let image: OpenedImage
    do throws(ImageError) {
      image = try OpenedImage(alone: ContentMedium(content), named: name.lastComponent)
    } catch {
      throw ItemProblem(error.reason, error.description)
    }
    for problem in image.incompleteness {
      receiver.report(problem, at: Locator(evidence: name, path: "/"))
    }
    let source = ImageSource(image.medium, named: name, options: options)
    guard SplitSet.isPart(name) else { return source.push(to: receiver) }
    let noting = TruncationReceiver(receiver)
    source.push(to: noting)
    guard noting.isTruncated else { return }
    receiver.report(
      ItemProblem(
        .unsupported,
        "it is named like the first part of a split image, and ends too early; copy all parts out of the"
          + " evidence, and scan them as a target of their own (--as image)"),
      at: Locator(evidence: name, path: "/"))
  }
}
