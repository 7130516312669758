# The size of the command's two builds against the recorded one, what the small one
# must not link, and what a start costs. Completion in a shell starts the command
# at each press of a key.
set -euo pipefail
source .ci/environment.sh

room=500000      # bytes that a build may grow before somebody has to say why
start_limit=25   # milliseconds of CPU time for --version
record=$PWD/.ci/sizes
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
status=0

fail() {
	echo "FAILED: $*"
	status=1
}

# build NAME [FLAG...] builds the command as a release is: stripped, portable.
build() {
	local name=$1
	shift
	(
		cd cmd/secretmux
		GOWORK=off CGO_ENABLED=0 GOOS=linux GOARCH=amd64 go build "$@" -trimpath -ldflags='-s -w' -o "$folder/$name" .
	)
}

# cpu_milliseconds PROGRAM... prints the least user and system time of 40 runs:
# a busy machine makes single ones longer.
cpu_milliseconds() {
	local TIMEFORMAT='%U %S' run
	for run in {1..40}; do
		{ time "$@" >/dev/null 2>&1; } 2>&1
	done | awk '{ t = ($1 + $2) * 1000; if (NR == 1 || t < least) least = t } END { printf "%d\n", least }'
}

build all
build nogcp -tags nogcp
for name in all nogcp; do
	read -r limit recorded < <(awk -v name="$name" '$1 == name { print $2, $3 }' "$record")
	size=$(wc -c <"$folder/$name")
	echo "$name: $size bytes, recorded $recorded, limit $limit"
	((size <= limit)) || fail "the build $name of the command is $((size - limit)) bytes over its limit of $limit"
	if [[ ${RECORD:-} == yes ]]; then
		sed -i "s/^$name .*/$name $limit $size/" "$record"
	elif ((size > recorded + room)); then
		fail "$name grew by $((size - recorded)) bytes, over $room: find out why, or record it"
	fi
done

if go version -m "$folder/nogcp" | grep -F 'google.golang.org/'; then
	fail 'the build without gcp-sm: links what only that backend needs'
fi

if [[ $(go env GOHOSTOS)/$(go env GOHOSTARCH) == linux/amd64 ]]; then
	"$folder/all" --version
	for name in all nogcp; do
		took=$(cpu_milliseconds "$folder/$name" --version)
		echo "$name --version: $took ms of CPU time"
		# Told, not failed: how fast the machine is, is not the command's doing.
		((took <= start_limit)) || notice "$name takes over $start_limit ms to say its version"
	done
fi
exit "$status"
