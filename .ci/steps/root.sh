# -shuffle finds tests that lean on the order they are written in, and keeps a
# cached result from passing for a run.
set -euo pipefail
source .ci/environment.sh
race=$(race_flag)
if [[ -z $race ]]; then notice 'no C compiler: the tests ran without the race detector'; fi
echo "\$ go test $race -shuffle=on ./..."
go test $race -shuffle=on ./...
