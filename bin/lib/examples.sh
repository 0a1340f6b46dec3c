# Shared by bin/davit and bin/quickstart: finds Java and builds the examples where that has not been done yet.
# Expects $home, the folder of the project.

java_home() {
    if [ -n "${JAVA_HOME:-}" ]; then
        printf '%s\n' "$JAVA_HOME"
    else
        java=$(command -v java) || { echo "no java found: install a JDK of version 17 or later, or set JAVA_HOME" >&2; exit 1; }
        dirname "$(dirname "$(readlink -f "$java")")"
    fi
}

# The libraries and the classes of the examples lie in examples/target/app once they are built. Built again when a
# source is newer.
build_examples() {
    app="$home/examples/target/app"
    if [ -e "$app/built" ] && [ -z "$(find "$home"/pom.xml "$home"/*/pom.xml "$home"/*/src/main -newer "$app/built" -type f | head -n 1)" ]; then
        return
    fi
    command -v mvn >/dev/null || { echo "no mvn found: install Maven 3.8.7 or later (Debian: apt-get install maven)" >&2; exit 1; }
    echo "building Davit (the first time, Maven fetches its dependencies) ..." >&2
    (cd "$home" && mvn -B -ntp -q -DskipTests -Dspotless.check.skip=true -pl examples -am package >&2) || exit 1
    touch "$app/built"
}

# Starts a class of the examples; the rest of the words are options of the JVM, "--" and arguments.
run_example() {
    jdk=$(java_home)
    feature=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$jdk/release" 2>/dev/null || true)
    native=
    # the optional zstd library is native, and Java 24 and later warn of what they were not told to expect
    if [ "${feature:-17}" -ge 22 ]; then native=--enable-native-access=ALL-UNNAMED; fi
    class=$1
    shift
    exec "$jdk/bin/java" $native ${DAVIT_JAVA_OPTIONS:-} -cp "$app/*" "$class" "$@"
}
