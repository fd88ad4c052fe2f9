import Profiles

extension TrustAnchors {
  /// Certificates that were read from genuine binaries (docs/facts.md#certificates). Genuine leaves that are not listed
  /// lead to one of the authorities.
  static let kaspersky = TrustAnchors(
    // Certificates with which Kaspersky signs.
    leaves: [
      // Kaspersky Lab, VeriSign Class 3 Code Signing 2009-2 CA, 2010 to 2011; in KidoKiller and RAFR.
      "bac4c0d47deb8fc2cfea50cd56e2091b5d4c597a032ed5791b42061b8181df18",
      // Kaspersky Lab, DigiCert EV Code Signing CA (SHA2), 2014 to 2017; in removal tools of 2015 to 2017.
      "9f1bcc605a2852af495a2455b8cd1c1f69237202a13481ab8194b4ef1340cd15",
      "aedec2e22f89a809986542fa5f5c3bf31e63e62afe9a0321d1f17ed3219c942c",
      // Kaspersky Lab, DigiCert High Assurance Code Signing CA-1, 2015, and 2015 to 2018; in the same.
      "b43c4d124e87e2c61ebbcdd2abe4d9362d57994f3338f4438efe5523a97b8bff",
      "f45fcc04926ce3b665f6f602abcecf06c21574a6b9faa9cc6d5d7e417f0bd233",
      // Kaspersky Lab, DigiCert High Assurance Code Signing CA-1, 2017 to 2020; in klhk 20.5.3.
      "3606c42f2608526263ac61997aa0a83b364fb23a6882447ca787b5a5790115d8",
      // Kaspersky Lab, DigiCert EV Code Signing CA (SHA2), 2017 to 2020; in klhk 20.5.3.
      "3b351ecb3808a05b4f189b46e3810d5581bc1c290a5455766a08dd80056bf56d",
      // Kaspersky Lab JSC, DigiCert High Assurance Code Signing CA-1, 2018 to 2021; in klhk 51.1.
      "b8afbcd8f04b0e1646fbe1fb20c3ffda16956cc6a60e546e90df6b6e570f62e8",
      // AO Kaspersky Lab, DigiCert Assured ID Code Signing CA-1, 2020 to 2023; in klif 30.1175.
      "96de6f242505de176bf6c750cc61e0b3e1795a8abf10bf5e88c66f750a39913f",
      // Kaspersky Lab JSC, DigiCert EV Code Signing CA (SHA2), 2020 to 2023; in klif and klflt 30.
      "7ee1427c4d777cad7318288bac4af2579209153e2d4e85b6de946826e39b2e08",
      // AO Kaspersky Lab, GlobalSign GCC R45 EV CodeSigning CA 2020, 2022 to 2025; in klhk 58, avpui 21.15.
      "7aa214b1f16e08b0bf729dcd1d4848fd057d04dfc803e60c953ef174777b32fc",
      // AO Kaspersky Lab, GlobalSign GCC R45 EV CodeSigning CA 2020, 2025 to 2028; in klhk 73.3.
      "6784db7803401b886ec15be56d1ca1e674a83f1951cea56db70f04ff0d540c97",
      // Kaspersky Lab, self-signed with a negative serial, 2016 to 2031; in klhk 20, 58 and 73.
      "e53e400d038781e735a7c1e6f52cd350f1fbef389cfea53a4db125d0fb19b0e8",
      // Kaspersky Lab, self-signed, 2021 to 2036; in klhk 58 and 73, avpui 21.15.
      "9a7830c1767391dd08bd7b03eed4f28238d85f7b6e6bce2dbdc10c2f36555798",
    ],
    // Authorities that issue only for code signing. Roots that also issue for other purposes
    // (DigiCert High Assurance EV Root CA, DigiCert Trusted Root G4) occur in those binaries but
    // are excluded: the authorities below them vouch for a code signer.
    authorities: [
      // VeriSign Class 3 Code Signing 2009-2 CA.
      "d1e2f0a4f1d2018ea79b3933a7570c1eed9ca83e600112aa8ed16d804c077e7c",
      // Microsoft Code Signing PCA 2010, by which Microsoft signs early-launch drivers.
      "9aad6c1a83a1b974ba574a995af35b8ca772da919270db1605a8b81e1bbc896f",
      // DigiCert Assured ID Code Signing CA-1.
      "3c8b0d5c2adf2f7090a9b8ff452a4141833deaa05b5f44e9513db94bfdf1d6bd",
      // DigiCert EV Code Signing CA (SHA2).
      "c7460b0edda1b44c8e2164b234ebecc3962a6a37a936b74a6e7d46682938f084",
      // DigiCert High Assurance Code Signing CA-1.
      "007d2c8b15786232bac0eaa31f60aae06dc572921bad0d46c77107d8c2dca4b3",
      // GlobalSign Code Signing Root R45.
      "05e0634b1feb98ae6b4cf101728cf9d5a1793ceace301506ff332b22d4cf08eb",
      // GlobalSign GCC R45 EV CodeSigning CA 2020.
      "cd0e144dd10bac221fe2fb901058d16450a0578b3c47c770908f2e9ada28ef12",
      // Microsoft Windows Third Party Component CA 2012.
      "9d08973e4d108da40a1a0b274180e17371134b4dd1621fa5c1f131b739b4b823",
    ])
}
