import Testing

@testable import Traces

/// Programs in command lines, without their arguments.
@Suite struct ProgramPathTests {
  @Test(arguments: [
    ("\"C:\\Program Files\\a b.exe\" -x", "C:\\Program Files\\a b.exe"),
    ("C:\\Program Files\\a.exe /k \"D:\\b.exe\"", "C:\\Program Files\\a.exe"),
    ("C:\\a\\avp.EXE", "C:\\a\\avp.EXE"), ("  \tC:\\a.exe -r", "C:\\a.exe"),
    ("system32\\DRIVERS\\klif.sys", "system32\\DRIVERS\\klif.sys"),
    ("MsiExec.exe /X{11}", "MsiExec.exe"), ("C:\\no extension here", "C:\\no"),
    ("C:\\a.exe.old b.exe", "C:\\a.exe.old b.exe"), ("\"open", "open"), ("\"\"", ""), ("", ""),
    (" ", ""),
  ])
  func theProgramComesFirst(_ command: String, _ program: String) {
    #expect(ProgramPath.first(of: command) == program)
  }

  @Test func namesAreOfFilesWithTheExtension() {
    #expect(ProgramPath.name(at: "C:\\Windows\\KLIF.SYS", without: ".sys") == "klif")
    #expect(ProgramPath.name(at: "\\??\\c:/drivers/klim6.sys", without: ".sys") == "klim6")
    #expect(ProgramPath.name(at: "klif.exe", without: ".sys") == nil)
    #expect(ProgramPath.name(at: "", without: ".sys") == nil)
    #expect(ProgramPath.name(at: "\\\\", without: "") == nil)
  }
}
