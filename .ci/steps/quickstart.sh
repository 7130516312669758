# The README's first command on a fresh clone, and the same with a variable set:
# the environment answers then, and its value is in no output.
set -euo pipefail
source .ci/environment.sh

expect() {
	if ! grep -qF -- "$1" <<<"$output"; then
		echo "FAILED: the output lacks '$1'" >&2
		exit 1
	fi
}

echo '$ go run ./examples/quickstart'
output=$(bounded 300 go run ./examples/quickstart 2>&1) || { echo "$output"; exit 1; }
echo "$output"
expect '[redacted]'

echo '$ DB_PASSWORD=x go run ./examples/quickstart'
output=$(DB_PASSWORD=x bounded 120 go run ./examples/quickstart 2>&1) || { echo "$output"; exit 1; }
echo "$output"
expect '[redacted]'
expect 'env:'

echo '$ go run ./examples/settings'
bounded 300 go run ./examples/settings

# Not printed: it holds the value if the check fails.
output=$(DB_PASSWORD=canary-4d1f bounded 120 go run ./examples/quickstart 2>&1)
if grep -qF canary-4d1f <<<"$output"; then
	echo 'FAILED: the value of DB_PASSWORD is in the output' >&2
	exit 1
fi
