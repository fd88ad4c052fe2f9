# Android fixtures. Sourced by scripts/fixtures.

# android_package FILE NAME [MEMBER…] – a package as Google's tools make it, with empty members beside.
android_package() {
  local file=$1 folder=$scratch/android-$RANDOM
  mkdir -p "$folder/res/values"
  printf '<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="%s"><application/></manifest>\n' \
    "$2" > "$folder/AndroidManifest.xml"
  echo '<resources><string name="name">name</string></resources>' > "$folder/res/values/strings.xml"
  shift 2
  (cd "$folder" && aapt package -f -0 arsc -M AndroidManifest.xml -S res -F package.apk
    for member; do
      mkdir -p "$(dirname "$member")"
      echo content > "$member"
      aapt add package.apk "$member" > /dev/null
    done)
  mv "$folder/package.apk" "$file"
}

# dalvik_code FILE TYPE… – a DEX file that refers to these types; dexdump must read it.
dalvik_code() {
  python3 "$sources/android/dex.py" "$@"
  dexdump "$1" > "$1.log" 2>&1 || { cat "$1.log" >&2; fail "dexdump does not read $1"; }
  rm "$1.log"
}

android() {
  local rule

  rule=kaspersky_android_application_package
  android_package "$(positive $rule kms.apk)" com.kms.free
  android_package "$(positive $rule safe-kids.apk)" com.kaspersky.safekids
  android_package "$(near_miss $rule test-framework.apk)" com.kaspersky.android_components
  android_package "$(near_miss $rule longer-name.apk)" com.kms.freedom

  rule=kaspersky_android_library_embedded_engine
  android_package "$(positive $rule bank.apk)" com.northwind.bank lib/arm64-v8a/libkavsdk.so
  android_package "$(near_miss $rule asset.apk)" com.northwind.docs assets/lib/libkavsdk.so.txt

  rule=kaspersky_android_library_sdk_classes
  dalvik_code "$(positive $rule classes.dex)" 'Lcom/kavsdk/antivirus/Antivirus;' 'Lcom/kavsdk/license/SdkLicense;'
  dalvik_code "$(near_miss $rule one-class.dex)" 'Lcom/kavsdk/license/SdkLicense;' 'Lcom/northwind/Main;'
}
