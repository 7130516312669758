# Each module without the workspace, as its users build it. The benchmarks and
# testing/adapters have steps of their own; here they only build.
set -euo pipefail
source .ci/environment.sh
race=$(race_flag)

build_and_test() {
	go build -o /dev/null ./... || return 1
	case $module in
	benchmarks | testing/adapters) ;;
	*) go test $race ./... ;;
	esac
}

status=0
for module in $(light_modules); do
	echo "-- $module"
	(cd "$module" && export GOWORK=off && build_and_test) || status=1
done
exit "$status"
