# Versions that no module may have: those that their authors retracted, a few
# that we had, and, by govulncheck, known vulnerabilities that the code of the
# modules which users import reaches. Its database is a web site that some networks
# don't reach: the run says so then, and goes on. VULNERABILITIES=required fails it.
set -euo pipefail
source .ci/environment.sh
source .ci/tool.sh
version=v1.8.0

status=0
GOWORK=off go -C .ci/modules run ./versions "$PWD" || status=1

unchecked() {
	if [[ ${VULNERABILITIES:-} == required ]]; then
		echo "FAILED: $*"
		exit 1
	fi
	notice "$*: vulnerabilities were not checked"
	exit "$status"
}

if ! govulncheck=$(tool govulncheck golang.org/x/vuln/cmd/govulncheck golang.org/x/vuln "$version"); then
	unchecked "govulncheck $version can't be installed"
fi

output=$(mktemp)
trap 'rm -f "$output"' EXIT
for module in $(modules | grep -vxE 'benchmarks|testing/(adapters|integration)'); do
	echo "-- $module"
	if (cd "$module" && GOWORK=off bounded 300 "$govulncheck" ./...) >"$output" 2>&1; then
		tail -n 1 "$output"
	elif grep -q 'fetching vulnerabilities:' "$output"; then
		cat "$output"
		unchecked "govulncheck can't reach its database"
	else
		cat "$output"
		status=1
	fi
done
exit "$status"
