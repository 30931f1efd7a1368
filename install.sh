#!/bin/sh
# Installs sso-cred for the current user. POSIX sh; never needs root; running it again updates.
set -eu

usage() {
  cat <<'END'
Usage: sh install.sh [--from FILE|URL] [--prefix DIR]
       sh install.sh --uninstall [--prefix DIR]

Installs to DIR/bin/sso-cred; DIR is ~/.local unless given. Without --from it is built from the source beside this
script (needs Node 20 or newer with npm). --from takes an executable or its .tar.gz archive; the SHA-256 must
stand in a file SHA256SUMS beside it. --uninstall removes the executable and leaves configuration and caches alone.
END
}

fail() {
  printf 'install: %s\n' "$1" >&2
  exit "${2:-1}"
}

say() {
  printf '%s\n' "$1"
}

have() {
  command -v "$1" > /dev/null 2>&1
}

main() {
  from=
  prefix=
  uninstall=
  while [ $# -gt 0 ]; do
    case $1 in
      --from=*) from=${1#*=} ;;
      --prefix=*) prefix=${1#*=} ;;
      --from | --prefix)
        [ $# -gt 1 ] && [ -n "$2" ] || fail "$1 needs a value" 2
        if [ "$1" = --from ]; then from=$2; else prefix=$2; fi
        shift
        ;;
      --uninstall) uninstall=yes ;;
      -h | --help)
        usage
        exit 0
        ;;
      *) fail "unknown argument $1; --help lists them" 2 ;;
    esac
    shift
  done
  if [ -z "$prefix" ]; then
    [ -n "${HOME:-}" ] || fail 'HOME is not set: say where with --prefix DIR' 2
    prefix=$HOME/.local
  fi
  case $prefix in
    /*) ;;
    *) prefix=$PWD/$prefix ;;
  esac
  bin=$prefix/bin
  target=$bin/sso-cred
  [ ! -d "$target" ] || fail "$target is a folder, not an executable"
  if [ -n "$uninstall" ]; then remove; else install_executable; fi
}

remove() {
  if [ -f "$target" ] || [ -L "$target" ]; then
    rm -f "$target" || fail "cannot remove $target"
    say "Removed $target. Configuration and caches in ~/.aws are as they were."
  else
    say "Nothing to remove: there is no $target."
  fi
}

install_executable() {
  mkdir -p "$bin" 2> /dev/null || fail "cannot create the folder $bin"
  [ -w "$bin" ] || fail "cannot write to the folder $bin"
  work=$(mktemp -d "$bin/.sso-cred-install.XXXXXX") || fail "cannot write to the folder $bin"
  trap 'rm -rf "$work"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP

  if [ -n "$from" ]; then obtain; else build; fi
  chmod 755 "$work/sso-cred"
  if [ "$(uname -s)" = Darwin ]; then
    codesign --sign - --force "$work/sso-cred" 2> /dev/null || fail 'codesign could not sign the executable'
  fi
  # Also the proof that it is made for this machine.
  version=$("$work/sso-cred" --version 2> /dev/null) || fail "${from:-the executable} does not run on this machine ($(uname -sm))"
  mv -f "$work/sso-cred" "$target" || fail "cannot write $target"

  say "Installed $version as $target"
  case :${PATH:-}: in
    *":$bin:"*) next=sso-cred ;;
    *)
      say "$bin is not in your PATH. Add it in your shell's profile, or use the whole path."
      next=$target
      ;;
  esac
  say "Next: $next init"
}

build() {
  source=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
  [ -f "$source/scripts/run.mjs" ] || fail 'there is no source beside this script: give --from FILE or --from URL' 2
  have node || fail 'building needs Node 20 or newer (https://nodejs.org); or give --from FILE|URL'
  node "$source/scripts/run.mjs" build || fail 'the build failed'
  cp "$source/dist/sso-cred" "$work/sso-cred"
}

obtain() {
  name=${from##*/}
  [ -n "$name" ] || fail "$from does not name a file" 2
  case $from in
    https://* | http://127.0.0.1:* | http://localhost:*)
      download "$from" "$work/download"
      download "${from%/*}/SHA256SUMS" "$work/SHA256SUMS"
      ;;
    *://*) fail "only https addresses are taken, not $from" 2 ;;
    *)
      [ -f "$from" ] || fail "there is no file $from"
      folder=$(dirname -- "$from")
      [ -f "$folder/SHA256SUMS" ] || fail "there is no SHA256SUMS beside $from to check it against"
      cp -- "$from" "$work/download"
      cp -- "$folder/SHA256SUMS" "$work/SHA256SUMS"
      ;;
  esac
  wanted=$(name=$name awk '{ sum = $1; sub(/^[^ ]+ [ *]/, ""); if ($0 == ENVIRON["name"]) print sum }' "$work/SHA256SUMS")
  [ -n "$wanted" ] || fail "SHA256SUMS does not name $name"
  found=$(sha256 "$work/download")
  [ "$wanted" = "$found" ] || fail "the SHA-256 of $name is not the one in SHA256SUMS; nothing was installed"
  case $name in
    *.tar.gz)
      tar -xzf "$work/download" -C "$work" sso-cred 2> /dev/null || fail "$name holds no sso-cred"
      ;;
    *) mv "$work/download" "$work/sso-cred" ;;
  esac
}

download() {
  if have curl; then
    curl -fsSL -o "$2" "$1" || fail "cannot download $1"
  elif have wget; then
    wget -q -O "$2" "$1" || fail "cannot download $1"
  else
    fail 'downloading needs curl or wget'
  fi
}

sha256() {
  if have sha256sum; then
    sha256sum < "$1" | cut -d ' ' -f 1
  elif have shasum; then
    shasum -a 256 < "$1" | cut -d ' ' -f 1
  elif have openssl; then
    openssl dgst -sha256 -r < "$1" | cut -d ' ' -f 1
  else
    fail 'checking the SHA-256 needs sha256sum, shasum or openssl'
  fi
}

main "$@"
