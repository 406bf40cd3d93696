#!/usr/bin/env bash
# Starts participants on this host and stops them on Ctrl-C (or SIGTERM).
#
#   ./run.sh [N] [OPTION...]            a coordinator and N participants (default 5); options go to `tacit up`
#   ./run.sh --join FILE [OPTION...]    one participant for each invitation in FILE, a line each; options go to each `tacit join`
#
#   ./run.sh 12 --plan plans/demo.yaml --rounds 3
#   ./run.sh --join invitations.txt --data ../data/har --policy policy.yaml
#
# TACIT names another program than the one that is built here.
set -euo pipefail

usage() { sed -n '2,10p' "$0" | sed 's/^# \{0,1\}//'; }

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
if [[ -n ${TACIT:-} ]]; then
  tacit=("$TACIT")
else
  dll="$here/artifacts/bin/Tacit.Cli/release/tacit.dll"
  [[ -f $dll ]] || dotnet build "$here/src/Tacit.Cli" -c Release -v quiet -nologo >&2
  tacit=(dotnet "$dll")
fi

children=()
stopping=0
stop() {
  trap '' INT TERM
  stopping=1
  for child in "${children[@]}"; do kill -INT "$child" 2>/dev/null || true; done
  # Ten seconds to say goodbye in, then no longer.
  for _ in $(seq 100); do
    alive=0
    for child in "${children[@]}"; do kill -0 "$child" 2>/dev/null && alive=1; done
    [[ $alive == 0 ]] && break
    sleep 0.1
  done
  for child in "${children[@]}"; do kill -KILL "$child" 2>/dev/null || true; done
  wait 2>/dev/null || true
}

# A job of a script ignores SIGINT unless it is its own group's: each child gets one.
set -m

start() { "$@" & children+=("$!"); }

case ${1:-} in
  -h | --help) usage; exit 0 ;;
  --join)
    [[ $# -ge 2 ]] || { usage >&2; exit 2; }
    file=$2
    shift 2
    [[ -r $file ]] || { echo "run.sh: $file cannot be read" >&2; exit 2; }
    trap 'stop; exit 130' INT TERM
    number=0
    while IFS= read -r invitation || [[ -n $invitation ]]; do
      [[ -z $invitation || $invitation == \#* ]] && continue
      number=$((number + 1))
      # The invitation is a secret: it goes in through a file descriptor, where no list of processes shows it.
      start "${tacit[@]}" join - "$@" --data-dir "$here/tacit-data/participant-$number" < <(printf '%s\n' "$invitation")
    done < "$file"
    [[ $number -gt 0 ]] || { echo "run.sh: $file holds no invitation" >&2; exit 2; }
    echo "run.sh: $number participants; Ctrl-C stops them" >&2
    ;;
  *)
    count=5
    if [[ ${1:-} =~ ^[0-9]+$ ]]; then count=$1; shift; fi
    trap 'stop; exit 130' INT TERM
    start "${tacit[@]}" up --participants "$count" "$@"
    ;;
esac

result=0
for child in "${children[@]}"; do
  code=0
  wait "$child" || code=$?
  [[ $stopping == 1 ]] && exit 130
  [[ $code == 0 ]] || result=$code
done
exit "$result"
