#!/bin/sh
# Runs a real container as an unprivileged user: ourselves, or, for root, the user `tsdocker-demo`. Needs no registry: the image is
# made of this machine's busybox. Leaves that user and its image, so that it can be tried further.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d /tmp/tsdocker-demo.XXXXXX)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"

make_image() {
  mkdir -p "$work/root/bin" "$work/root/tmp" "$work/root/etc" "$work/root/root"
  cp "$(command -v busybox)" "$work/root/bin/busybox"
  for applet in $(busybox --list); do [ "$applet" = busybox ] || ln -s busybox "$work/root/bin/$applet"; done
  echo 'root:x:0:0:root:/root:/bin/sh' > "$work/root/etc/passwd"
  echo 'root:x:0:' > "$work/root/etc/group"
  tar -C "$work/root" --owner=0 --group=0 -cf "$work/image.tar" .
}

demo='set -e
printf "%s\n" "$ tsdocker import - tsdocker-demo"; "$0" import - tsdocker-demo < "$1"
printf "%s\n" "$ tsdocker run --rm tsdocker-demo sh -c …"
"$0" run --rm --hostname demo tsdocker-demo sh -c "
  echo \"Hello from a container, run by an unprivileged user\"; uname -sr; id; hostname; echo \"pid \$\$\""
"$0" images'

make_image
if [ "$(id -u)" != 0 ]; then
  sh -c "$demo" dist/tsdocker "$work/image.tar"
  exit
fi

user=tsdocker-demo
id "$user" >/dev/null 2>&1 || useradd --create-home --shell /bin/sh "$user"
for kind in uid gid; do
  grep -q "^$user:" "/etc/sub$kind" && continue
  first=$(awk -F: 'BEGIN { end = 100000 } $2 + $3 > end { end = $2 + $3 } END { print end }' "/etc/sub$kind")
  usermod "--add-sub${kind}s" "$first-$((first + 65535))" "$user"
done
# This user can't look into every folder that root can.
cp dist/tsdocker "$work/tsdocker"
run=/run/user/$(id -u "$user")
[ -d "$run" ] || install -d -m 700 -o "$user" -g "$user" "$run"
cd /
setpriv --reuid "$user" --regid "$user" --init-groups --inh-caps=-all \
  env -i HOME="$(getent passwd "$user" | cut -d: -f6)" USER="$user" PATH="$PATH" XDG_RUNTIME_DIR="$run" LANG=C.UTF-8 \
  sh -c "$demo" "$work/tsdocker" "$work/image.tar"
