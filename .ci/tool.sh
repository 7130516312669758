# Sourced by the steps that need a program from the module proxy.

# tool NAME PACKAGE MODULE VERSION prints the path of the program at exactly
# this version, and installs it on first use. It fails when that is impossible.
tool() {
	local name=$1 package=$2 module=$3 version=$4 folder candidate
	folder=${SECRETMUX_TOOLS:-$(go env GOPATH)/tools}/$name@$version
	for candidate in "$folder/$name" "$(go env GOPATH)/bin/$name" "$(command -v "$name" || true)"; do
		if [[ -x $candidate ]] && go version -m "$candidate" | awk -v m="$module" -v v="$version" \
			'$1 == "mod" && $2 == m && $3 == v { found = 1 } END { exit !found }'; then
			echo "$candidate"
			return
		fi
	done
	echo "installing $package@$version, once" >&2
	GOWORK=off GOBIN=$folder go install "$package@$version" >&2 || return 1
	echo "$folder/$name"
}
