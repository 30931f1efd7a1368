#!/bin/sh
# Installs sso-cred for the current user. POSIX sh; never needs root; running it again updates.
set -eu

RELEASES=https://github.com/sso-cred/sso-cred/releases

usage() {
  cat <<'END'
Usage: sh install.sh [--version VERSION | --from FILE|URL] [--prefix DIR]
       sh install.sh --uninstall [--prefix DIR]

Installs DIR/bin/sso-cred and, behind it, DIR/libexec/sso-cred/sso-cred, with man page and completions in DIR/share. DIR
is ~/.local unless given. Beside the source, it builds (Node 20 or newer with npm, and a C compiler for the native
front). Otherwise it downloads the newest release for this machine, or VERSION.
--from takes an executable, a .tar.gz archive, or an address that ends in / and holds the archives. Its SHA-256 must
stand in a file SHA256SUMS beside it. --uninstall removes what was installed; configuration and caches stay.
END
}

fail() {
  printf 'install: %s\n' "$1" >&2
  exit "${2:-1}"
}

say() {
  printf '%s\n' "$1"
}

# A word as a shell reads it.
word() {
  case $1 in
    *[!A-Za-z0-9_./@%:+=,-]*) printf "'%s'\n" "$(printf '%s\n' "$1" | sed "s/'/'\\\\''/g")" ;;
    *) printf '%s\n' "$1" ;;
  esac
}

have() {
  command -v "$1" > /dev/null 2>&1
}

main() {
  from=
  prefix=
  release=
  uninstall=
  while [ $# -gt 0 ]; do
    case $1 in
      --from=*) from=${1#*=} ;;
      --prefix=*) prefix=${1#*=} ;;
      --version=*) release=${1#*=} ;;
      --from | --prefix | --version)
        [ $# -gt 1 ] && [ -n "$2" ] || fail "$1 needs a value" 2
        case $1 in
          --from) from=$2 ;;
          --prefix) prefix=$2 ;;
          --version) release=$2 ;;
        esac
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
  share=$prefix/share
  if [ -n "$uninstall" ]; then remove; else install_executable; fi
}

# Beside the programs, one a line: where the shells of that prefix look.
shared_files() {
  printf '%s\n' man/man1/sso-cred.1 bash-completion/completions/sso-cred zsh/site-functions/_sso-cred \
    fish/vendor_completions.d/sso-cred.fish
}

real_folder() {
  if [ -d "$1" ]; then (CDPATH='' cd -- "$1" && pwd -P); else printf '%s\n' "$1"; fi
}

remove() {
  if [ -f "$target" ] || [ -L "$target" ]; then
    offer_revert
    rm -f "$target" || fail "cannot remove $target"
    remove_program
    for file in $(shared_files); do
      rm -f "$share/$file" 2> /dev/null || :
    done
    say "Removed $target. Configuration and caches in ~/.aws are as they were."
  else
    remove_program
    say "Nothing to remove: there is no $target."
  fi
}

# Profiles that run this file, or the bare name in PATH, would break. Only a person can decide, so without a terminal it
# is only said.
offer_revert() {
  config=${AWS_CONFIG_FILE:-${HOME:-}/.aws/config}
  [ -f "$config" ] || return 0
  bare=
  [ "$(command -v sso-cred)" != "$target" ] || bare=yes
  count=$(target=$target bare=$bare awk '
    BEGIN { target = ENVIRON["target"]; quotes = "[\"\047]"; gsub(quotes, "", target) }
    sub(/^[ \t]*credential_process[ \t]*=[ \t]*/, "") {
      gsub(quotes, "")
      if (index($0, target) || ENVIRON["bare"] != "" && index($0, "sso-cred ") == 1) n++
    }
    END { print n + 0 }' "$config")
  [ "$count" -gt 0 ] || return 0
  say "$count profile(s) in $config run it. To turn them into plain SSO profiles first: $(word "$target") init --revert"
  if [ -t 0 ] && [ -t 1 ]; then
    printf 'Do that now? [y/N] '
    read -r answer || answer=
    case $answer in
      [yY]*) "$target" init --revert || fail 'nothing was removed' ;;
    esac
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

  if [ -n "$from" ] || [ -n "$release" ]; then obtain; elif has_source; then build; else obtain; fi
  for file in "$work/sso-cred" "$work/sso-cred-core"; do
    [ -f "$file" ] || continue
    chmod 755 "$file"
    if [ "$(uname -s)" = Darwin ]; then
      codesign --sign - --force "$file" 2> /dev/null || fail 'codesign could not sign the executable'
    fi
  done
  # Also the proof that they are made for this machine.
  version=$(LC_ALL=C "$work/sso-cred" --version 2> "$work/complaint") || cannot_run
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

  install_shared

  say "Installed ${version%%" ("*} as $target"
  case :${PATH:-}: in
    *":$bin:"*) next=sso-cred ;;
    *)
      say "$bin is not in your PATH. Add it in your shell's profile, or use the full path."
      next=$(word "$target")
      ;;
  esac
  say "Next: $next init"
}

cannot_run() {
  needed=$(sed -n 's/.*version .GLIBC_\([0-9.]*\).* not found.*/\1/p' "$work/complaint" 2> /dev/null | sort -t . -k 1,1n -k 2,2n | tail -n 1)
  [ -z "$needed" ] || fail "${from:-the executable} needs glibc $needed or newer, and this system has an older one"
  fail "${from:-the executable} does not run on this machine ($(uname -sm))"
}

# Man page and completions; a place that takes none of them is no reason to fail.
install_shared() {
  [ -d "$work/share" ] || return 0
  for file in $(shared_files); do
    [ -f "$work/share/$file" ] || continue
    mkdir -p "$(dirname -- "$share/$file")" 2> /dev/null && cp "$work/share/$file" "$share/$file" 2> /dev/null || :
  done
}

# Read from a pipe, the script has no folder: nothing of the current one may run.
has_source() {
  case $0 in
    */install.sh | install.sh) ;;
    *) return 1 ;;
  esac
  source=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
  [ -f "$source/install.sh" ] && [ -f "$source/scripts/run.mjs" ]
}

build() {
  have node || fail 'building needs Node 20 or newer (https://nodejs.org); or give --from FILE|URL'
  node "$source/scripts/run.mjs" build || fail 'the build failed'
  cp "$source/dist/sso-cred" "$work/sso-cred"
  cp -R "$source/dist/share" "$work/share"
  cmp -s "$source/dist/sso-cred" "$source/dist/sso-cred-core" || cp "$source/dist/sso-cred-core" "$work/sso-cred-core"
}

# The release target of this machine.
machine() {
  case $(uname -s) in
    Linux) system=linux ;;
    Darwin) system=darwin ;;
    *) fail "there is no release for $(uname -s); on Windows use scripts/install.ps1, Scoop or winget" ;;
  esac
  case $(uname -m) in
    x86_64 | amd64) processor=x64 ;;
    aarch64 | arm64) processor=arm64 ;;
    *) fail "there is no release for $(uname -sm)" ;;
  esac
  if [ "$system" = linux ] && ! ls /lib*/ld-linux* /lib/*/ld-linux* > /dev/null 2>&1; then
    fail 'the program needs glibc, which this system does not have (Alpine and other musl systems)'
  fi
  printf '%s-%s\n' "$system" "$processor"
}

# Sets `from` to the archive for this machine in the folder at the address $1.
choose_archive() {
  target_name=$(machine) || exit 1
  download "$1SHA256SUMS" "$work/SHA256SUMS"
  archive=$(awk -v end="-$target_name.tar.gz" '{ name = $2; sub(/^\*/, "", name) } substr(name, length(name) - length(end) + 1) == end { print name; exit }' "$work/SHA256SUMS")
  [ -n "$archive" ] || fail "$1 has no archive for $target_name"
  from=$1$archive
}

obtain() {
  if [ -z "$from" ]; then
    case $release in
      '') from=$RELEASES/latest/download/ ;;
      *) from=$RELEASES/download/v${release#v}/ ;;
    esac
  fi
  # A user name that looks like this machine; and what is on this machine is not asked of a proxy.
  case $from in
    http://*@*) fail "only https addresses are accepted, not $from" 2 ;;
  esac
  no_proxy=127.0.0.1,localhost,${no_proxy:-${NO_PROXY:-}}
  export no_proxy
  case $from in
    https://*/ | http://127.0.0.1:*/ | http://localhost:*/) choose_archive "$from" ;;
  esac
  name=${from##*/}
  [ -n "$name" ] || fail "$from does not name a file" 2
  case $from in
    https://* | http://127.0.0.1:* | http://localhost:*)
      download "$from" "$work/download"
      [ -f "$work/SHA256SUMS" ] || download "${from%/*}/SHA256SUMS" "$work/SHA256SUMS"
      ;;
    *://*) fail "only https addresses are accepted, not $from" 2 ;;
    *)
      [ -f "$from" ] || fail "there is no file $from"
      folder=$(dirname -- "$from")
      [ -f "$folder/SHA256SUMS" ] || fail "there is no SHA256SUMS beside $from to check it against"
      cp -- "$from" "$work/download" 2> /dev/null || fail "cannot copy $from to $bin; is there space left?"
      cp -- "$folder/SHA256SUMS" "$work/SHA256SUMS"
      ;;
  esac
  wanted=$(name=$name awk '{ sum = $1; sub(/^[^ ]+ [ *]/, ""); if ($0 == ENVIRON["name"]) print sum }' "$work/SHA256SUMS")
  [ -n "$wanted" ] || fail "SHA256SUMS does not name $name"
  found=$(sha256 "$work/download")
  [ "$wanted" = "$found" ] || fail "the SHA-256 of $name is not the one in SHA256SUMS; nothing was installed"
  case $name in
    *.tar.gz) unpack ;;
    *) mv "$work/download" "$work/sso-cred" ;;
  esac
}

# An archive has one folder with bin, libexec and share in it; older ones have the files themselves.
unpack() {
  mkdir "$work/archive"
  tar -xzf "$work/download" -C "$work/archive" 2> /dev/null || fail "$name cannot be unpacked in $bin; is there space left?"
  rm -f "$work/download"
  for folder in "$work/archive"/* "$work/archive"; do
    [ -f "$folder/bin/sso-cred" ] || continue
    mv "$folder/bin/sso-cred" "$work/sso-cred"
    [ ! -f "$folder/libexec/sso-cred/sso-cred" ] || mv "$folder/libexec/sso-cred/sso-cred" "$work/sso-cred-core"
    [ ! -d "$folder/share" ] || mv "$folder/share" "$work/share"
    return 0
  done
  [ -f "$work/archive/sso-cred" ] || fail "$name contains no sso-cred"
  mv "$work/archive/sso-cred" "$work/sso-cred"
  [ ! -f "$work/archive/sso-cred-core" ] || mv "$work/archive/sso-cred-core" "$work/sso-cred-core"
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
