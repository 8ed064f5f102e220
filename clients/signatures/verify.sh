#!/usr/bin/env bash
# Is this webhook from Chartroom? Standard Webhooks signatures, with bash and openssl alone.
#
# As a command:   verify.sh --id … --timestamp … --signature … --secret … < body
#                 Each flag can be an environment variable instead: WEBHOOK_ID, WEBHOOK_TIMESTAMP,
#                 WEBHOOK_SIGNATURE, WEBHOOK_SECRET. Exit code 0: genuine, 1: not, 2: wrong use.
# In a script:    source verify.sh; verify SECRET ID TIMESTAMP SIGNATURE < body || exit
window_s=300  # a delivery may be this much older or newer than our clock says

hex() { od -An -v -tx1 | tr -d ' \n'; }

# Writes the bytes of a hex text, each first combined with a mask by exclusive or.
masked() {
  local text=$1 mask=$2 i out=''
  for ((i = 0; i < ${#text}; i += 2)); do
    printf -v out '%s\\x%02x' "$out" $((16#${text:i:2} ^ mask))
  done
  printf '%b' "$out"
}

# hmac HEXKEY < message: HMAC-SHA256 in base64. `openssl dgst -hmac` would show the key in the list of
# processes, so the two hashes that an HMAC is made of are computed here; printf is part of the shell.
hmac() {
  local key=$1
  if ((${#key} > 128)); then key=$(masked "$key" 0 | openssl dgst -sha256 -binary | hex); fi
  while ((${#key} < 128)); do key+=00; done
  local inner
  inner=$({ masked "$key" 0x36; cat; } | openssl dgst -sha256 -binary | hex)
  { masked "$key" 0x5c; masked "$inner" 0; } | openssl dgst -sha256 -binary | openssl base64 -A
}

# verify SECRET ID TIMESTAMP SIGNATURE < body
verify() {
  local secret=$1 id=$2 timestamp=$3 signatures=$4
  local LC_ALL=C
  local form='^whsec_([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$'
  if ! [[ $secret =~ $form && $secret != whsec_ ]]; then
    echo "verify.sh: the secret must be whsec_ and base64" >&2
    return 2
  fi
  if [[ -z $id || -z $timestamp || -z $signatures ]]; then
    echo "not genuine: a webhook header is missing" >&2
    return 1
  fi
  if ! [[ $timestamp =~ ^[0-9]{1,12}$ ]]; then
    echo "not genuine: webhook-timestamp is not a number of seconds" >&2
    return 1
  fi
  local age=$(($(date +%s) - 10#$timestamp))
  if ((age > window_s || age < -window_s)); then
    echo "not genuine: the delivery is not from the last five minutes" >&2
    return 1
  fi
  local key expected blind right one match=1
  key=$(printf '%s' "${secret#whsec_}" | openssl base64 -d -A | hex)
  expected="v1,$({ printf '%s.%s.' "$id" "$timestamp"; cat; } | hmac "$key")"
  # The shell compares texts letter by letter, which takes longer the more is right. So what is compared
  # are not the signatures but their HMACs under a key that is new each time: nothing to learn from those.
  blind=$(openssl rand -hex 32)
  right=$(printf '%s' "$expected" | hmac "$blind")
  # While a secret is being replaced there are two signatures.
  local IFS=' '
  set -f
  for one in $signatures; do
    [[ $(printf '%s' "$one" | hmac "$blind") == "$right" ]] && match=0
  done
  set +f
  if ((match != 0)); then echo "not genuine: no signature matches" >&2; fi
  return "$match"
}

main() {
  local id=${WEBHOOK_ID-} timestamp=${WEBHOOK_TIMESTAMP-} signature=${WEBHOOK_SIGNATURE-} secret=${WEBHOOK_SECRET-}
  while (($# > 0)); do
    case "$1${2+=}" in
      --id=) id=$2 ;;
      --timestamp=) timestamp=$2 ;;
      --signature=) signature=$2 ;;
      --secret=) secret=$2 ;;
      *) echo "usage: verify.sh [--id ID] [--timestamp SECONDS] [--signature LIST] [--secret whsec_…] < body" >&2
         return 2 ;;
    esac
    shift 2
  done
  verify "$secret" "$id" "$timestamp" "$signature" && echo genuine
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
  set -u
  main "$@"
fi
