import Evidence

/// Which disk images are opened that are met as files; the files in them are items.
public enum ImagePolicy: String, Hashable, Sendable, CaseIterable {
  /// All.
  case all
  /// Those that are inside of a disk image.
  case insideImages = "inside_images"
  /// None.
  case none

  /// Whether an image at `locator` is opened.
  func opens(at locator: Locator) -> Bool {
    switch self {
    case .all: true
    // Of an image, only what was carved outside of its volumes is in none.
    case .insideImages: locator.volume != nil || locator.state != nil
    case .none: false
    }
  }
}
