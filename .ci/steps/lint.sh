# A linter that can't be installed fails the step in CI, where its absence would not
# be seen; LINT=optional waives that, and a developer's run goes on as well.
set -euo pipefail
source .ci/environment.sh
source .ci/tool.sh
version=v2.15.0
module=github.com/golangci/golangci-lint/v2

if ! linter=$(tool golangci-lint "$module/cmd/golangci-lint" "$module" "$version"); then
	if [[ ${CI:-} == true && ${LINT:-} != optional ]]; then
		echo "FAILED: golangci-lint $version can't be installed; LINT=optional goes on without it"
		exit 1
	fi
	notice "golangci-lint $version can't be installed: the code was not linted"
	exit 0
fi

config=$PWD/.golangci.yml
"$linter" config verify --config "$config"
in_modules "$(light_modules)" "$linter" run --allow-parallel-runners --config "$config" ./...
