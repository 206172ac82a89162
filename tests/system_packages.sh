#!/usr/bin/env bash
# Installs by apt-get the programs that the slow tests drive. What cannot be had is named in one line; its tests are skipped.
set -uo pipefail
PATH="$PATH:/usr/sbin:/sbin" # where Debian puts mail servers, also for those who are not root

declare -A package_of=(
  [chromium]=chromium
  [pdftotext]=poppler-utils
  [soffice]=libreoffice-writer-nogui
  [libsclo.so]=libreoffice-calc-nogui
  [initdb]=postgresql
  [postfix]=postfix
  [dovecot]='dovecot-imapd dovecot-lmtpd'
  [strace]=strace
  [openssl]=openssl
)

has() {
  [[ $1 == libsclo.so ]] && { [[ -e /usr/lib/libreoffice/program/$1 ]]; return; }
  command -v "$1" >/dev/null || [[ $1 == initdb && -n $(compgen -G '/usr/lib/postgresql/*/bin/initdb') ]]
}

as_root() {
  if [[ $(id -u) -eq 0 ]]; then "$@"; else sudo -n "$@"; fi
}

# The tests start their own servers with their own configuration: the system is to start and to configure none.
without_services() {
  local policy=/usr/sbin/policy-rc.d status
  echo 'postfix postfix/main_mailer_type select No configuration' | as_root debconf-set-selections 2>/dev/null
  [[ -e $policy ]] && { "$@"; return; }
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null && as_root chmod 755 "$policy"
  "$@"; status=$?
  as_root rm -f "$policy"
  return $status
}

install() {
  without_services as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends "$@" >/dev/null 2>&1
}

missing=()
for program in "${!package_of[@]}"; do
  has "$program" || missing+=(${package_of[$program]}) # one word for each package
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
