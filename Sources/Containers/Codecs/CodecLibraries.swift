internal import CBzip2
internal import CLzma
internal import CZstandard

/// Libraries that decode chunks of containers.
package enum CodecLibraries {
  /// Versions of the loaded libraries by name.
  package static var versions: [String: String] {
    [
      "libbz2": String(cString: BZ2_bzlibVersion()),
      "liblzma": String(cString: lzma_version_string()),
      "libzstd": String(cString: ZSTD_versionString()),
    ]
  }
}
