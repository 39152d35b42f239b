#!/usr/bin/env bash
# Shows that the two README commands are enough: a bare Debian 12 with python3 and git, a fresh clone, the commands.
#
#   bash packaging/bare_debian.sh [--ci] [--keep] [FOLDER]
#
# --ci    runs .ci/run instead of the two commands
# --keep  leaves the system in FOLDER for a look inside; the next run with the same FOLDER only clones anew
# Needs root and debootstrap. The package mirror, the name servers and the settings of pip are this machine's own,
# read when the script runs.
set -euo pipefail

checkout=$(git -C "$(dirname "$0")" rev-parse --show-toplevel)
ci=false keep=false folder=
for argument in "$@"; do
  case $argument in
    --ci) ci=true ;;
    --keep) keep=true ;;
    -*) echo "unknown option: $argument" >&2; exit 2 ;;
    *) folder=$argument ;;
  esac
done
[ "$(id -u)" -eq 0 ] || { echo "run as root: chroot and mount need it" >&2; exit 1; }
command -v debootstrap >/dev/null || { echo "missing: debootstrap (apt-get install debootstrap)" >&2; exit 1; }
if [ -z "$folder" ]; then folder=$(mktemp -d); else mkdir -p "$folder"; fi
folder=$(realpath "$folder")

finish() {
  for part in dev/shm proc; do
    if mountpoint -q "$folder/$part"; then umount "$folder/$part"; fi
  done
  if $keep; then echo "kept: $folder"; else rm -rf --one-file-system "$folder"; fi
}
trap finish EXIT

suite=bookworm
if [ ! -x "$folder/usr/bin/git" ]; then
  # The mirror that apt uses here for this suite.
  mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' |
    awk -v suite=$suite '$2 == suite && !seen { print $1; seen = 1 }')
  [ -n "$mirror" ] || { echo "apt names no mirror for $suite; run apt-get update first" >&2; exit 1; }
  debootstrap --variant=minbase --include=python3,git,ca-certificates $suite "$folder" \
    "$mirror" >"$folder.log" || { tail "$folder.log" >&2; exit 1; }
  rm -f "$folder.log" "$folder"/var/cache/apt/archives/*.deb
fi

cp -L /etc/resolv.conf /etc/hosts "$folder/etc/"
for sources in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
  if [ -f "$sources" ]; then cp -L "$sources" "$folder$sources"; fi
done
for settings in /etc/apt/apt.conf.d/*; do
  # Only settings about reaching a mirror; hooks of this machine's own packages have no business inside.
  if grep -q '^Acquire' "$settings"; then cp -L "$settings" "$folder/etc/apt/apt.conf.d/"; fi
done
if [ -f /etc/pip.conf ]; then cp -L /etc/pip.conf "$folder/etc/pip.conf"; fi
passed=()
while IFS= read -r setting; do
  passed+=("$setting")
done < <(env | grep -E '^(PIP_[A-Z_]+|https?_proxy|no_proxy|HTTPS?_PROXY|NO_PROXY)=' || true)
certificates=${PIP_CERT:-/etc/ssl/certs/ca-certificates.crt}
if [ -f "$certificates" ]; then
  mkdir -p "$folder$(dirname "$certificates")"
  cp -L "$certificates" "$folder$certificates"
fi

mount -t proc proc "$folder/proc"
mkdir -p "$folder/dev/shm"
mount -t tmpfs tmpfs "$folder/dev/shm"

rm -rf "$folder/opt/hsdesk"
git clone --quiet --no-hardlinks "$checkout" "$folder/opt/hsdesk"
echo "── $(cat "$folder/etc/debian_version"), $(chroot "$folder" python3 --version), commit $(git -C "$checkout" rev-parse --short HEAD)"

inside() {
  echo "── $*"
  local started=$SECONDS code=0
  chroot "$folder" /usr/bin/env -i HOME=/root LANG=C.UTF-8 TERM=dumb \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "${passed[@]}" \
    bash -c 'cd /opt/hsdesk && exec "$@"' bash "$@" </dev/null || code=$?
  echo "── exit code $code after $((SECONDS - started)) s"
  return $code
}

if $ci; then
  inside bash .ci/run
else
  inside python3 packaging/dev.py
  inside python3 packaging/dev.py test
fi
