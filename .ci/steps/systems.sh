# The other systems that users have: every module and its tests are vetted for Windows
# and macOS, which also compiles them. The meaning of a path there is tested on this
# system, in functions that take the system's name; the workflow runs the root and the
# local backends on all three.
set -euo pipefail
source .ci/environment.sh

status=0
for system in windows darwin; do
	echo "== $system"
	GOOS=$system CGO_ENABLED=0 in_modules "$(portable_modules)" go vet ./... || status=1
done
exit "$status"
