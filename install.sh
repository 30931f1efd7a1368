#!/bin/sh
# Installs sso-cred for the current user. POSIX sh; never needs root; running it again updates.
set -eu

usage() {
  cat <<'END'
Usage: sh install.sh [--from FILE|URL] [--prefix DIR]
       sh install.sh --uninstall [--prefix DIR]

Installs DIR/bin/sso-cred and, behind it, DIR/libexec/sso-cred/sso-cred; DIR is ~/.local unless given. Without --from
it is built from the source beside this script (needs Node 20 or newer with npm, and a C compiler for the native front).
--from takes an executable or its .tar.gz archive; the SHA-256 must stand in a file SHA256SUMS beside it. --uninstall
removes both files and leaves configuration and caches alone.
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
  # The front looks for the program from its own real path.
  libexec=$(dirname -- "$(real_folder "$bin")")/libexec/sso-cred
  program=$libexec/sso-cred
  [ ! -d "$target" ] || fail "$target is a folder, not an executable"
  [ ! -d "$program" ] || fail "$program is a folder, not an executable"
  if [ -n "$uninstall" ]; then remove; else install_executable; fi
}

real_folder() {
  if [ -d "$1" ]; then (CDPATH='' cd -- "$1" && pwd -P); else printf '%s\n' "$1"; fi
}

remove() {
  if [ -f "$target" ] || [ -L "$target" ]; then
    rm -f "$target" || fail "cannot remove $target"
    remove_program
    say "Removed $target. Configuration and caches in ~/.aws are as they were."
  else
    remove_program
    say "Nothing to remove: there is no $target."
  fi
}

remove_program() {
  [ ! -f "$program" ] || rm -f "$program" || fail "cannot remove $program"
  [ ! -d "$libexec" ] || rmdir "$libexec" 2> /dev/null || :
}

install_executable() {
  mkdir -p "$bin" 2> /dev/null || fail "cannot create the folder $bin"
  [ -w "$bin" ] || fail "cannot write to the folder $bin"
  work=$(mktemp -d "$bin/.sso-cred-install.XXXXXX") || fail "cannot write to the folder $bin"
  new=
  trap 'rm -rf "$work" ${new:+"$new"}' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP

  if [ -n "$from" ]; then obtain; else build; fi
  for file in "$work/sso-cred" "$work/sso-cred-core"; do
    [ -f "$file" ] || continue
    chmod 755 "$file"
    if [ "$(uname -s)" = Darwin ]; then
      codesign --sign - --force "$file" 2> /dev/null || fail 'codesign could not sign the executable'
    fi
  done
  # Also the proof that they are made for this machine.
  version=$("$work/sso-cred" --version 2> /dev/null) || fail "${from:-the executable} does not run on this machine ($(uname -sm))"
  # At no moment a front without a program: a new program serves the old front, too.
  if [ -f "$work/sso-cred-core" ]; then
    mkdir -p "$libexec" 2> /dev/null && [ -w "$libexec" ] || fail "cannot write to the folder $libexec"
    new=$libexec/.sso-cred-new.$$
    { mv -f "$work/sso-cred-core" "$new" && mv -f "$new" "$program"; } || fail "cannot write $program"
    mv -f "$work/sso-cred" "$target" || fail "cannot write $target"
  else
    mv -f "$work/sso-cred" "$target" || fail "cannot write $target"
    remove_program
  fi

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
  # Read from a pipe, the script has no folder: nothing of the current one may run.
  case $0 in
    */install.sh | install.sh) ;;
    *) fail 'there is no source beside this script: give --from FILE or --from URL' 2 ;;
  esac
  source=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
  { [ -f "$source/install.sh" ] && [ -f "$source/scripts/run.mjs" ]; } ||
    fail 'there is no source beside this script: give --from FILE or --from URL' 2
  have node || fail 'building needs Node 20 or newer (https://nodejs.org); or give --from FILE|URL'
  node "$source/scripts/run.mjs" build || fail 'the build failed'
  cp "$source/dist/sso-cred" "$work/sso-cred"
  cmp -s "$source/dist/sso-cred" "$source/dist/sso-cred-core" || cp "$source/dist/sso-cred-core" "$work/sso-cred-core"
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
      # An archive of one executable has no other.
      tar -xzf "$work/download" -C "$work" sso-cred-core 2> /dev/null || rm -f "$work/sso-cred-core"
      ;;
    *) mv "$work/download" "$work/sso-cred" ;;
  esac
}

# Of redirects only those to https are followed: by another the executable and its sum would come from whoever listens.
download() {
  if have curl; then
    case $1 in
      https://*) curl -fsSL --proto '=https' -o "$2" "$1" ;;
      *) curl -fsS -o "$2" "$1" ;;
    esac || fail "cannot download $1"
  elif have wget; then
    download_by_wget "$1" "$2" || fail "cannot download $1"
  else
    fail 'downloading needs curl or wget'
  fi
}

download_by_wget() {
  url=$1
  for _ in 1 2 3 4 5; do
    ! wget -q -S --max-redirect=0 -O "$2" "$url" 2> "$work/headers" || return 0
    url=$(sed -n 's/^ *[Ll]ocation: *\(https:[^ ]*\).*/\1/p' "$work/headers" | tail -n 1)
    [ -n "$url" ] || return 1
  done
  return 1
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
