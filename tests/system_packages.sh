#!/usr/bin/env bash
# Installs by apt-get the programs that the slow tests drive. What cannot be had is named in one line; its tests are skipped.
set -uo pipefail

declare -A package_of=(
  [chromium]=chromium
  [pdftotext]=poppler-utils
  [soffice]=libreoffice-writer-nogui
  [initdb]=postgresql
)

has() {
  command -v "$1" >/dev/null || [[ $1 == initdb && -n $(compgen -G '/usr/lib/postgresql/*/bin/initdb') ]]
}

as_root() {
  if [[ $(id -u) -eq 0 ]]; then "$@"; else sudo -n "$@"; fi
}

install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends "$@" >/dev/null 2>&1
}

missing=()
for program in "${!package_of[@]}"; do
  has "$program" || missing+=("${package_of[$program]}")
done
[[ ${#missing[@]} -eq 0 ]] && exit 0

if command -v apt-get >/dev/null && as_root true 2>/dev/null; then
  install "${missing[@]}" || { as_root apt-get update --quiet >/dev/null 2>&1; install "${missing[@]}"; }
fi

absent=()
for program in "${!package_of[@]}"; do
  has "$program" || absent+=("${package_of[$program]}")
done
[[ ${#absent[@]} -eq 0 ]] || echo "Không cài được: ${absent[*]}. Các phép thử cần chúng sẽ được bỏ qua và nêu tên ở cuối."
exit 0
