extension BundleKey {
  /// Key of this project. docs/signatures.md says where its private part belongs, and scripts/make-bundle-key
  /// makes another.
  public static let project = BundleKey(
    hexadecimal: "d9a8469e8bde2587efc13aedf6ad1254006ba3619e5da7e7821c45246d20b8f0")!
}
