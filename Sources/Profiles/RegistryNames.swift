/// Keys, values and names of the vendor in the Windows registry. Keys are compared ignoring
/// case.
public struct RegistryNames: Hashable, Sendable, Codable {
  /// The company's key below SOFTWARE.
  public var key: String?
  /// Keys directly below ``key`` that contain products like ``key`` itself.
  public var innerKeys: [String] = []
  /// Key whose subkeys are installed products, by name.
  public var productsKey: String?
  /// Key of components, below which installed ones are recorded.
  public var componentsKey: String?
  /// Components that record their installation.
  public var components: [Component] = []
  /// A product's record of itself.
  public var environment: Environment?
  /// Prefixes of product line keys, in capitals, followed by a digit (`AVP21.15`).
  public var editions: [String] = []
  /// Products by their Windows Installer codes: capitals, in braces.
  public var productCodes: [String: String] = [:]
  /// Drivers that are the vendor's if a service with that name starts a file with that name; in
  /// lower case.
  public var drivers: Set<String> = []
  /// Drivers like ``drivers``, with names that others could use: they count beside a service that
  /// is certain.
  public var ambiguousDrivers: Set<String> = []
  /// Programs that are the vendor's if a service with that name starts them, from any folder; in
  /// lower case.
  public var services: Set<String> = []
  /// Altitudes that Microsoft registered for the vendor's file-system filters, by driver.
  public var altitudes: [String: Set<String>] = [:]
  /// Device filters with a prefix of their class; empty for any class.
  public var deviceFilters: [String: String] = [:]

  /// A component that records the path of one of its programs.
  public struct Component: Hashable, Sendable, Codable {
    /// Keys below ``RegistryNames/componentsKey``.
    public let path: [String]
    /// Value with the program's path, in lower case.
    public let value: String
    /// The product.
    public let product: String

    /// Creates a component of `product`.
    public init(path: [String], value: String, product: String) {
      self.path = path
      self.value = value
      self.product = product
    }
  }

  /// Key and values in which a product records its own installation; values in lower case.
  public struct Environment: Hashable, Sendable, Codable {
    /// Key below the product's key.
    public let key: String
    /// Value with the product's name.
    public let product: String
    /// Value with its version.
    public let version: String
    /// Value with its folder.
    public let folder: String
    /// Value with another folder, used if the first is missing.
    public let otherFolder: String

    /// Creates the names.
    public init(key: String, product: String, version: String, folder: String, otherFolder: String)
    {
      self.key = key
      self.product = product
      self.version = version
      self.folder = folder
      self.otherFolder = otherFolder
    }
  }

  /// Creates an empty set of names.
  public init() {}
}
