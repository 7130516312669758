# Sourced by .ci/run and by each step: where the modules are, how a program is
# bounded in time, and which switches this machine allows.

# A developer's own settings must not change a result; a clone that belongs to
# another user has no version control to stamp.
export GOFLAGS='-mod=readonly -buildvcs=false'
unset SECRETS DB_PASSWORD

# Every module's folder; new ones count before they are committed. No step runs
# testing/sops, which compiles the whole of sops: run its tests by hand.
modules() {
	git ls-files --cached --others --exclude-standard -- go.mod '*/go.mod' | while read -r file; do
		if [[ -e $file && $file != testing/sops/go.mod ]]; then dirname "$file"; fi
	done
}

# All modules except testing/integration, which compiles a whole server for a
# quarter of an hour and has a step of its own.
light_modules() {
	modules | grep -vx testing/integration
}

# The modules that users have on every system: not those whose tests start servers
# of Linux packages, and not the peers of the benchmarks.
portable_modules() {
	light_modules | grep -vxE 'testing/adapters|benchmarks'
}

# bounded SECONDS COMMAND... runs the command and ends it after that time.
bounded() {
	local limit=$1
	shift
	if command -v timeout >/dev/null; then
		timeout --kill-after=10 "$limit" "$@"
	else
		"$@"
	fi
}

# notice tells what this run could not check; .ci/run repeats it at its end.
notice() {
	printf 'NOTICE: %s\n' "$*"
}

# race_flag prints -race where a C compiler makes it possible.
race_flag() {
	local compiler
	compiler=$(go env CC)
	if [[ $(go env CGO_ENABLED) == 1 ]] && command -v "${compiler%% *}" >/dev/null; then
		echo -race
	fi
}

# in_modules "FOLDER..." COMMAND... runs the command in these modules as their
# users build them, without the workspace. All run; one failure fails the step.
in_modules() {
	local folders=$1 module status=0
	shift
	for module in $folders; do
		echo "-- $module"
		(cd "$module" && GOWORK=off "$@") || status=1
	done
	return "$status"
}
