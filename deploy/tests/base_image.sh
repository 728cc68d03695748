#!/bin/sh
# Makes a stand-in for the image that deploy/Dockerfile builds on, of this machine's own packages, for machines that
# reach no registry: a C library, certificates and time zones, without a shell. The same name, so that the Dockerfile is
# built unchanged.
#   base_image.sh SUITE NAME PODMAN...
set -eu
suite=$1 name=$2
shift 2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mmdebstrap --quiet --variant=extract --include=base-files,ca-certificates,libc6,libgcc-s1,netbase,tzdata \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' \
    --extract-hook='cat "$1"/usr/share/ca-certificates/mozilla/*.crt > "$1"/etc/ssl/certs/ca-certificates.crt' \
    --extract-hook='printf "root:x:0:0::/nonexistent:/sbin/nologin\nnonroot:x:65532:65532::/nonexistent:/sbin/nologin\n" > "$1"/etc/passwd' \
    --extract-hook='printf "root:x:0:\nnonroot:x:65532:\n" > "$1"/etc/group' \
    "$suite" "$folder/root.tar"
"$@" import --change 'USER 65532:65532' --change 'ENV PATH=/usr/local/bin:/usr/bin:/bin' "$folder/root.tar" "$name"
