#!/usr/bin/env bash
# Builds, starts and tests the audit webhook; works from any directory.
set -euo pipefail

root=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")" && pwd)
java_bin=${JAVA_HOME:+$JAVA_HOME/bin/}java
min_java=17

usage() {
  cat <<'TEXT'
usage: ./run.sh [COMMAND]

  demo           the service with a receiver that sometimes fails (the default)
  serve [CONF]   the service alone, with CONF or conf/webhook.json
  check [CONF]   reads CONF as serve would, says what is wrong with it or what
                 serve would do, and ends
  emit [FILE]    posts newline-delimited JSON entries from FILE or standard
                 input to a running service
  test           the tests
  bench [OPTION]...  the benchmark, in about 7 minutes
    --quick          rough figures, in under 2 minutes
    --json FILE      writes the figures to FILE as well
    --only NAME      these rows only; may be given more than once
    --profile FILE   records the signed case into FILE (JFR), lists its hot spots
    --receiver URL   another receiver that answers 204 at once, such as nginx
  --help         this text
  --version      the version

The jar is built where it is missing, and by demo where it is older than the
sources; it needs no script: java -jar target/vertx-audit-webhook-*-fat.jar --help
TEXT
}

fail() {
  printf 'run.sh: %s\n' "$1" >&2
  exit "${2:-1}"
}

wrong_usage() {
  usage >&2
  exit 2
}

need_java() {
  command -v "$java_bin" >/dev/null || fail "needs Java $min_java or newer, found no $java_bin"
  local version
  version=$("$java_bin" -version 2>&1 | sed -nE 's/.* version "([0-9]+).*/\1/p' | head -n 1)
  [[ -n $version ]] || fail "cannot tell the version of $java_bin"
  ((version >= min_java)) || fail "needs Java $min_java or newer, $java_bin is Java $version"
}

need_maven() {
  command -v mvn >/dev/null || fail "needs Maven 3.8 or newer to build, found no mvn"
}

version() {
  sed -nE 's:^  <version>(.*)</version>:\1:p' "$root/pom.xml"
}

find_jar() {
  jar=$root/target/vertx-audit-webhook-$(version)-fat.jar
}

is_fresh() {
  [[ -z $(find "$root/src/main" "$root/pom.xml" -newer "$jar" -print -quit) ]]
}

build() {
  need_maven
  echo "Building (the first time takes a while) ..." >&2
  local output
  if ! output=$(cd "$root" && mvn -B -q -ntp -DskipTests package 2>&1); then
    printf '%s\n' "$output" >&2
    fail "the build failed"
  fi
  [[ -f $jar ]] || fail "the build made no $jar"
}

bench() {
  need_java
  local classes=$root/target/test-classes class_path=$root/target/bench.classpath
  if [[ ! -f $class_path ]] ||
    [[ -n $(find "$root/src" "$root/pom.xml" -newer "$class_path" -print -quit) ]]; then
    need_maven
    echo "Building (the first time takes a while) ..." >&2
    local output
    if ! output=$(cd "$root" && mvn -B -q -ntp test-compile dependency:build-classpath \
      -Dmdep.includeScope=test -Dmdep.outputFile="$class_path" 2>&1); then
      printf '%s\n' "$output" >&2
      fail "the build failed"
    fi
    touch "$class_path"
  fi
  exec "$java_bin" -Xms3g -Xmx3g -XX:+UseG1GC -XX:FlightRecorderOptions=stackdepth=256 \
    -cp "$classes:$root/target/classes:$(<"$class_path")" dev.auditwebhook.bench.Bench "$@"
}

start() {
  need_java
  find_jar
  if [[ ! -f $jar ]]; then
    build
  elif ! is_fresh; then
    if [[ $1 == demo ]] && command -v mvn >/dev/null; then
      build
    else
      echo "run.sh: the jar is older than the sources; mvn package makes a new one" >&2
    fi
  fi
  exec "$java_bin" -XX:+ExitOnOutOfMemoryError -Dwebhook.conf="$root/conf/webhook.json" \
    -jar "$jar" "$@"
}

command=${1:-demo}
[[ $command == bench ]] || (($# <= 2)) || wrong_usage
case $command in
  bench) bench "${@:2}" ;;
  serve | check | emit) start "$@" ;;
  help | -h | --help) usage ;;
  --version) echo "vertx-audit-webhook $(version)" ;;
  demo | test)
    (($# <= 1)) || wrong_usage
    case $command in
      demo) start demo ;;
      test)
        need_java
        need_maven
        cd "$root"
        exec mvn -B -ntp verify
        ;;
    esac
    ;;
  *)
    printf 'run.sh: unknown command: %q\n' "$command" >&2
    wrong_usage
    ;;
esac
