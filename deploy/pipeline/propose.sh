#!/usr/bin/env bash
# Writes a release into the idle colour of an overlay and opens a pull request with it:
#   propose.sh production
# APPLICATION and OPERATIONS are images with their digests, ENGINE the SHA-256 of the
# component that settles, GH_TOKEN may push a branch. With DRY_RUN=1 it changes the files
# and stops.
set -euo pipefail
cd "$(dirname "$0")/../.."
overlay=deploy/overlays/${1:?an overlay}
active=$(sed -n 's/^ *colour: \(blue\|green\)$/\1/p' "$overlay/settings/active.yaml")
case $active in
    blue) idle=green ;;
    green) idle=blue ;;
    *) echo "$overlay does not say which colour answers" >&2; exit 1 ;;
esac
for image in "$APPLICATION" "$OPERATIONS"; do
    [[ $image =~ ^[a-z0-9./_-]+@sha256:[0-9a-f]{64}$ ]] \
        || { echo "$image has no digest" >&2; exit 1; }
done
[[ $ENGINE =~ ^[0-9a-f]{64}$ ]] || { echo "ENGINE is no SHA-256" >&2; exit 1; }

file=$overlay/$idle/kustomization.yaml
# In the list of images: the name, then its place and its digest.
set_image() {
    sed -i "/^  - name: $1\$/,/^    digest: /{
        s|^    newName: .*|    newName: ${2%@*}|
        s|^    digest: .*|    digest: ${2#*@}|
    }" "$file"
    grep -q "digest: ${2#*@}" "$file" || { echo "$file names no image $1" >&2; exit 1; }
}
set_image retire "$APPLICATION"
set_image retire-operations "$OPERATIONS"
sed -i "s/^\( *engine_sha256: \).*/\1\"$ENGINE\"/" "$file"
grep -q "$ENGINE" "$file" || { echo "$file does not say engine_sha256" >&2; exit 1; }
git --no-pager diff --stat -- "$overlay"
if [ -n "${DRY_RUN:-}" ]; then exit; fi

branch=release/$idle-${GITHUB_REF_NAME:?the tag}
git switch --create "$branch"
git config user.name 'release'
git config user.email 'release@users.noreply.github.com'
git commit --message "$idle is $GITHUB_REF_NAME" -- "$overlay"
git push "https://x-access-token:$GH_TOKEN@github.com/$GITHUB_REPOSITORY" "$branch"
gh pr create --base main --head "$branch" --title "$idle is $GITHUB_REF_NAME" \
    --body "The idle colour gets this release. $active answers on; the switch is a change of data.colour."
