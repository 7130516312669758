# Real servers and the adapters over them. Servers come from the system's packages,
# which only root can install; what is neither there nor to be installed is not
# tested, and the run says so.
set -euo pipefail
source .ci/environment.sh

# install PACKAGE... installs what apt-get can install, without starting a service.
install() {
	[[ $EUID == 0 ]] && command -v apt-get >/dev/null || return 1
	export DEBIAN_FRONTEND=noninteractive
	if [[ ! -e /etc/postgresql-common/createcluster.conf ]]; then
		mkdir -p /etc/postgresql-common
		echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
	fi
	bounded 300 apt-get install -y -qq --no-install-recommends "$@" >/dev/null && return
	bounded 120 apt-get update -qq && bounded 300 apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# have PROGRAM... says whether one of them can be run; patterns count, too.
have() {
	local program
	for program in "$@"; do
		if command -v "$program" >/dev/null || compgen -G "$program" >/dev/null; then return; fi
	done
	return 1
}

servers=()
for server in postgres mariadb; do
	case $server in
	postgres) programs=('/usr/lib/postgresql/*/bin/initdb' initdb) packages=(postgresql) ;;
	mariadb) programs=(mariadb-install-db) packages=(mariadb-server-core mariadb-client-core) ;;
	esac
	if have "${programs[@]}" || install "${packages[@]}"; then
		servers+=("$server")
	else
		notice "$server is not installed and can't be: testing/adapters/$server did not run"
	fi
done

cd testing/adapters
export GOWORK=off SECRETMUX_SERVERS=${servers[*]:-}
go vet ./...
go test -count=1 -timeout 10m ./...
