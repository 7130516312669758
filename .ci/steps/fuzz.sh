# Every fuzz target of every module for a moment, past its seeds. An overnight
# run is: go test -fuzz '^FuzzName$' ./the/package
set -euo pipefail
source .ci/environment.sh
seconds=${FUZZ_SECONDS:-5}
output=$(mktemp)
trap 'rm -f "$output"' EXIT

# Prints "package target" for each target of the module in this folder.
targets() {
	go test -list '^Fuzz' ./... | awk '
		/^Fuzz/ { target[n++] = $1 }
		$1 == "ok" { for (i = 0; i < n; i++) print $2, target[i]; n = 0 }
		$1 == "FAIL" { bad = 1 }
		END { exit bad }'
}

# With -fuzztime as a duration the coordinator can report its own deadline as a
# failure (golang/go#75804). A finding comes with a failing input or a stack.
only_the_deadline() {
	grep -qE '^ +context deadline exceeded$' "$1" && ! grep -qE 'Failing input|panic:|testing\.go' "$1"
}

fuzz() {
	local package=$1 target=$2
	echo "-- $target in $package"
	if bounded 180 go test -run '^$' -fuzz "^$target\$" -fuzztime "${seconds}s" \
		-fuzzminimizetime 5s "$package" >"$output" 2>&1; then
		tail -n 3 "$output"
	elif only_the_deadline "$output"; then
		echo 'ended by its own deadline; no failing input'
	else
		cat "$output"
		return 1
	fi
}

status=0
for module in $(modules); do
	found=$(cd "$module" && GOWORK=off targets) || status=1
	while read -r package target; do
		if [[ -z $package ]]; then continue; fi
		(cd "$module" && export GOWORK=off && fuzz "$package" "$target") || status=1
	done <<<"$found"
done
exit "$status"
