#!/bin/sh
# install.sh <prefix> [1]: the binary and its completions; with 1, `docker` as another name of it.
set -eu
cd "$(dirname "$0")/.."
prefix=$1
install -D -m 755 dist/tsdocker "$prefix/bin/tsdocker"
completion() { # completion <shell> <file>
  dist/tsdocker completion "$1" | install -D -m 644 /dev/stdin "$prefix/share/$2"
}
completion bash bash-completion/completions/tsdocker
completion zsh zsh/site-functions/_tsdocker
completion fish fish/vendor_completions.d/tsdocker.fish
if [ "${2:-}" = 1 ]; then
  if [ -e "$prefix/bin/docker" ] && [ ! -L "$prefix/bin/docker" ]; then
    echo "install: $prefix/bin/docker is a program already; it stays as it is" >&2
    exit 1
  fi
  ln -sfn tsdocker "$prefix/bin/docker"
fi
echo "installed $prefix/bin/tsdocker"
