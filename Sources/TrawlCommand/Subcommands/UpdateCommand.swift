import ArgumentParser
import Bundles
import Bytes
import Catalogue
import Engine
import Profiles
import Reports
import Yara

extension SignaturesCommand {
  struct Update: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Installs a signed bundle of rules, facts and pinned certificates.",
      discussion: """
        Verifies the signature and the version of the bundle, and that its rules compile; keeps the bundle \
        that it replaces. Scans use it from then on, and name it in their custody data. Nothing is downloaded. \
        As root it installs for all users in /var/lib/trawl, else for this user in ~/.local/share/trawl.

        TRAWL_BUNDLES names another folder; if it is empty, the built-in signatures are used. \
        TRAWL_BUNDLE_KEY is the public key of bundles of your own, in hexadecimal, instead of the project's.
        """)

    @Argument(help: "The bundle.", completion: .file(), transform: RawArgument.path)
    var file: RawPath?

    @Flag(help: "Accept a bundle that is older than the installed one.")
    var allowDowngrade = false

    @Flag(
      help: "Return to the bundle before, or to the built-in signatures if there is none.")
    var revert = false

    func validate() throws {
      guard (file == nil) == revert else {
        throw ValidationError("Name a bundle, or give --revert.")
      }
      guard !(revert && allowDowngrade) else {
        throw ValidationError("--allow-downgrade needs a bundle.")
      }
    }

    func run() throws {
      try Failure.catching {
        guard let store = CurrentSignatures.stores.first else {
          throw Failure("no folder for bundles: name one in TRAWL_BUNDLES, or set HOME")
        }
        let message = try file.map { try install($0, in: store) } ?? reverted(store)
        try StandardOutput().write(message + "\n")
      }
    }

    private func install(_ file: RawPath, in store: BundleStore) throws -> String {
      let (bytes, bundle) = try read(file)
      // One that cannot be used may be replaced.
      let installed = try? CurrentSignatures.bundle(at: store.current)
      if let installed, installed.sha256 == bundle.sha256 {
        return "\(words(bundle)) is installed already."
      }
      try check(bundle, against: installed)
      let rules = try file.failing { try RuleSet(bundle.profile).rules.rules }
      guard rules.contains(where: { !$0.isPrivate }) else {
        throw Failure("\(file.shown): it contains no public rule")
      }
      do { try store.install(bytes) } catch {
        throw Failure("\(store.folder.shown): \(error)")
      }
      let kept = installed.map { "; bundle \($0.version) is kept as the former one" } ?? ""
      return "\(words(bundle)) is installed\(kept)."
    }

    private func read(_ file: RawPath) throws -> ([UInt8], SignatureBundle) {
      let key = try CurrentSignatures.key()
      return try file.failing {
        guard let bytes = try BundleStore.bytes(of: file) else {
          throw Failure("no such file")
        }
        return (bytes, try SignatureBundle(bytes, signedBy: key))
      }
    }

    private func check(_ bundle: SignatureBundle, against installed: SignatureBundle?) throws {
      guard bundle.version > VendorProfile.builtInVersion else {
        throw Failure(
          "bundle \(bundle.version) is not newer than the built-in signatures, which are"
            + " version \(VendorProfile.builtInVersion); --revert returns to them")
      }
      guard let installed, bundle.version <= installed.version, !allowDowngrade else { return }
      throw Failure(
        "bundle \(bundle.version) of \(bundle.date) is not newer than the installed one,"
          + " \(installed.version) of \(installed.date); --allow-downgrade installs it")
    }

    private func reverted(_ store: BundleStore) throws -> String {
      do { try store.revert() } catch { throw Failure("\(store.folder.shown): \(error)") }
      guard let bundle = try CurrentSignatures.load().bundle else {
        return "The built-in signatures are used."
      }
      return "\(words(bundle)) is used."
    }

    private func words(_ bundle: SignatureBundle) -> String {
      "Bundle \(bundle.version) of \(bundle.date), SHA-256 \(bundle.sha256), key \(bundle.key),"
    }
  }
}

extension RawPath {
  /// Runs `body`, whose failure gets the path in front.
  fileprivate func failing<Value>(_ body: () throws -> Value) throws -> Value {
    do { return try body() } catch { throw Failure("\(shown): \(error)") }
  }
}
