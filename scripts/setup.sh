#!/bin/sh
# Gets a Debian or Ubuntu machine ready: installs the distribution's packages that are missing, says which and why, then `npm ci`
# where package-lock.json changed. Silent when all is there.   setup.sh [tests]
set -eu
cd "$(dirname "$0")/.."

missing=''
say() { printf 'setup: %s\n' "$*" >&2; }
have() { command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ] || [ -x "/sbin/$1" ]; }
available() { apt-cache show "$1" >/dev/null 2>&1; }
need() { # need <program> <package> <why>
  have "$1" && return
  say "$2: $3"
  missing="$missing $2"
}
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif have sudo; then sudo "$@"
  else say "needs root for: $* (run it yourself, or install sudo)"; exit 1
  fi
}

need newuidmap uidmap 'maps a user'\''s subordinate ids into its containers'
have crun || have runc || need crun crun 'starts the processes of a container'
need fuse-overlayfs fuse-overlayfs 'layers of images where the kernel'\''s overlayfs may not be used'
if ! have pasta && ! have slirp4netns; then
  # Ubuntu 22.04 has no passt.
  [ -n "$(ls /var/lib/apt/lists/*_Packages* 2>/dev/null)" ] || as_root apt-get update -qq
  if available passt; then need pasta passt 'takes a private network of a container out'
  else need slirp4netns slirp4netns 'takes a private network of a container out'
  fi
fi
need ip iproute2 'sets up networks of containers'
if ! have busybox || ldd "$(command -v busybox)" >/dev/null 2>&1; then
  need no-static-busybox busybox-static 'the demonstration'\''s image is made of it'
fi
need ps procps '`tsdocker top` asks it'
need strip binutils 'makes the binary smaller and quicker to start'
[ -e /etc/ssl/certs/ca-certificates.crt ] || need no-such-program ca-certificates 'proves who a registry is'
node_major=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/') || node_major=0
if [ "${node_major:-0}" -lt 12 ] || ! have npm; then
  have node || need node nodejs 'brings npm, which fetches the node that is built in'
  need npm npm 'fetches what package-lock.json names'
fi
if [ "${1:-}" = tests ]; then
  need docker-registry docker-registry 'tests: images are pulled from a real registry'
  need skopeo skopeo 'tests: puts images into that registry'
  need mmdebstrap mmdebstrap 'tests: makes a Debian image'
  need tmux tmux 'tests: a real terminal'
  need zstd zstd 'tests: layers packed with it'
  need strace strace 'tests: makes system calls fail'
  have runc || need runc runc 'tests: the second runtime'
  have catatonit || need tini-static tini 'tests: the init of --init'
fi

if [ -n "$missing" ]; then
  say "installing:$missing"
  as_root apt-get update -qq
  # shellcheck disable=SC2086 # a list of words
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >&2
fi

for device in /dev/fuse /dev/net/tun; do
  if [ -e "$device" ] && [ "$(stat -c %a "$device")" != 666 ]; then
    say "$device is for root only; making it usable by everyone, as Debian's own rules do"
    as_root chmod 0666 "$device"
  fi
done

lock=$(sha256sum package-lock.json)
if [ "$(cat node_modules/.made-from 2>/dev/null)" != "$lock" ] || [ ! -x node_modules/.bin/node ]; then
  say 'npm ci'
  npm ci --no-audit --no-fund --loglevel=error >&2
  printf '%s\n' "$lock" > node_modules/.made-from
fi
