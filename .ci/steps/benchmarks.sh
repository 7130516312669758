# Proves that the benchmarks run; the figures are read from a run without -benchtime.
set -euo pipefail
source .ci/environment.sh
if [[ ! -e benchmarks/go.mod ]]; then
	notice 'there is no benchmarks module'
	exit 0
fi
cd benchmarks
GOWORK=off go test -run . -bench . -benchtime 10x -timeout 18m ./...
