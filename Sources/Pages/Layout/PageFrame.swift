import Bytes
import Reports
import Results

/// Head and foot that all HTML pages share. The policy allows this style and this script and
/// nothing else: no network, no image, no form, whatever a name in the evidence contains.
enum PageFrame {
  static func head(title: String, script: String?) -> String {
    let policy =
      "default-src 'none'; style-src '\(hash(of: PageStyle.text))'"
      + (script.map { "; script-src '\(hash(of: $0))'" } ?? "")
      + "; base-uri 'none'; form-action 'none'"
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="\(policy)">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="referrer" content="no-referrer">
      <title>\(HTMLText.escaped(title))</title>
      <style>\(PageStyle.text)</style>
      </head>
      <body>

      """
  }

  static func foot(script: String?) -> String {
    (script.map { "<script>\($0)</script>\n" } ?? "") + "</body>\n</html>\n"
  }

  private static func hash(of text: String) -> String {
    guard case .string(let digest) = JSON.base64(Digest.sha256(of: text.utf8)) else { return "" }
    return "sha256-\(digest)"
  }
}
