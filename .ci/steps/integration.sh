# Real servers in the test process: they take long to compile, so this module is
# in no workspace and in no other step.
set -euo pipefail
source .ci/environment.sh
if [[ ! -e testing/integration/go.mod ]]; then
	echo 'there is no testing/integration module'
	exit 0
fi
cd testing/integration
GOWORK=off go vet ./...
GOWORK=off go test -count=1 -timeout 15m ./...
