# The README's second command: every module of the workspace.
set -euo pipefail
source .ci/environment.sh
echo '$ go test work'
go test work
