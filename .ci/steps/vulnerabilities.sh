# Known vulnerabilities that our code reaches, in the modules that users import.
# The database is a web site which some networks don't reach: the run says so
# then, and goes on.
set -euo pipefail
source .ci/environment.sh
source .ci/tool.sh
version=v1.8.0

if ! govulncheck=$(tool govulncheck golang.org/x/vuln/cmd/govulncheck golang.org/x/vuln "$version"); then
	notice "govulncheck $version can't be installed: vulnerabilities were not checked"
	exit 0
fi

output=$(mktemp)
trap 'rm -f "$output"' EXIT
status=0
for module in $(modules | grep -vxE 'benchmarks|testing/integration'); do
	echo "-- $module"
	if (cd "$module" && GOWORK=off bounded 300 "$govulncheck" ./...) >"$output" 2>&1; then
		tail -n 1 "$output"
	elif grep -q 'fetching vulnerabilities:' "$output"; then
		cat "$output"
		notice "govulncheck can't reach its database: vulnerabilities were not checked"
		exit "$status"
	else
		cat "$output"
		status=1
	fi
done
exit "$status"
