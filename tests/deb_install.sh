#!/bin/bash
# Makes the .deb of a release build and installs it in a fresh Debian 12, where two homes then found, enrol and meet.
# As root; needs cmake, ninja, dpkg-dev, file and debootstrap. Not part of tests/run: it takes minutes and the network.
#
#     tests/deb_install.sh [ROOT]    ROOT: a bookworm made before (debootstrap --variant=minbase), used as a copy
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo "as root: it makes a chroot" >&2; exit 2; }
for needed in dpkg-shlibdeps file debootstrap; do
    command -v "$needed" >/dev/null || { echo "missing: $needed" >&2; exit 2; }
done

work=$(mktemp -d /var/tmp/samplan-deb-XXXXXX)
root=$work/root
trap 'rm -rf --one-file-system "$work"' EXIT
cmake --preset release -B "$work/build" -D CMAKE_INSTALL_PREFIX=/usr >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
cmake --build "$work/build" >"$work/log" 2>&1 || { tail -50 "$work/log"; exit 1; }
(cd "$work/build" && cpack -G DEB) >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
package=$(find "$work/build" -maxdepth 1 -name '*.deb')
dpkg-deb --info "$package" | sed -n '/^ [A-Z]/p'
dpkg-deb --contents "$package" | awk '{print $1, $6}'

if [ -n "${1-}" ]; then
    cp -a "$1" "$root"
else
    debootstrap --variant=minbase bookworm "$root" >"$work/log" || { tail -20 "$work/log"; exit 1; }
fi
cp "$package" "$root/tmp/samplan.deb"
cp /etc/resolv.conf "$root/etc/resolv.conf"
run() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"; }

run apt-get -q update >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
run apt-get -q -y --no-install-recommends install /tmp/samplan.deb >"$work/log" 2>&1 || { tail -30 "$work/log"; exit 1; }

# what an administrator sees, and the whole way once, in Swedish without any locale installed
cat >"$root/tmp/try.sh" <<'TRY'
set -euo pipefail
cd /tmp
samplan version
case $(samplan help) in *"visa vem som skrev"*) ;; *) echo "not in Swedish" >&2; exit 1 ;; esac
test -r /usr/share/man/man1/samplan.1
test -r /usr/share/bash-completion/completions/samplan
test -r /usr/share/doc/samplan/copyright
echo 'ett lösenord' >secret
export SAMPLAN_PASSPHRASE_FILE=/tmp/secret
samplan --home a found --forbund F --party Kommunen --kind kommun --person Kim --passphrase-cost cheap >/dev/null
samplan --home b enrol request --party Regionen --kind region --person Bo --role administratör -o r --passphrase-cost cheap >/dev/null
samplan --home a enrol approve r -o i >/dev/null
samplan --home b enrol accept i >/dev/null
for home in a b; do samplan --home $home remote add sticka /tmp/sticka 2>/dev/null; done
plan=$(samplan --home a plan new title=Prov)
samplan --home a consent give "$plan" --to alla --sections plan >/dev/null
for home in a b a b; do samplan --home $home --quiet sync >/dev/null; done
for home in a b a b; do samplan --home $home --quiet sync >/dev/null; done
samplan --home b plan list | grep Prov
news=$(samplan --home b news) || [ $? = 1 ] # there may be something to decide
case $news in *Kommunen*) ;; *) echo "no news" >&2; exit 1 ;; esac
[ "$(samplan --home b --json plan list | wc -l)" = 1 ]
samplan --home b verify --full
TRY
run bash /tmp/try.sh
run apt-get -q -y remove samplan >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
run bash -c '! command -v samplan'
echo "installed, used and removed: $(basename "$package")"
