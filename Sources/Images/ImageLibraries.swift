import Containers
import SleuthKit

/// Libraries that read disk images.
package enum ImageLibraries {
  /// Versions by name.
  package static var versions: [String: String] {
    CodecLibraries.versions.merging(["libtsk": SleuthKitVersion.current]) { $1 }
  }
}
