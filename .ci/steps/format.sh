set -euo pipefail
source .ci/environment.sh
unformatted=$(git ls-files -z --cached --others --exclude-standard -- '*.go' |
	while IFS= read -r -d '' file; do
		if [[ -e $file ]]; then printf '%s\0' "$file"; fi
	done | xargs -0 gofmt -l)
if [[ -n $unformatted ]]; then
	printf 'FAILED: run gofmt -w on:\n%s\n' "$unformatted"
	exit 1
fi
