import TestSupport

/// An image to be damaged where its metadata lies.
protocol Target {
  var name: String { get }
  var bytes: [UInt8] { get }

  /// Changes to a few numbers of the metadata.
  func damage(_ random: inout SeededGenerator) -> [(offset: Int, bytes: [UInt8])]
}
