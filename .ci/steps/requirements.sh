# Checks what a user of the root downloads: the module itself and godotenv. And every
# module's go.mod says what its code imports.
set -euo pipefail
source .ci/environment.sh
status=0

echo '$ GOWORK=off go list -m all'
list=$(GOWORK=off go list -m all)
echo "$list"
if (($(wc -l <<<"$list") != 2)); then
	echo 'FAILED: the root module may require only github.com/joho/godotenv'
	status=1
fi

echo '$ go mod tidy -diff'
in_modules "$(modules)" go mod tidy -diff || status=1
exit "$status"
