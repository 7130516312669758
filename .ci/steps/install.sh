# Tests what a user gets on the day of a release: the tree as it is here is released
# in a throw-away repository, the go command makes each module's zip from the
# tagged commit as a module proxy does, and programs outside the tree get, vet
# and build what these zips hold.
set -euo pipefail
source .ci/environment.sh

version=v0.0.1-rehearsal
root=$(awk '$1 == "module" { print $2 }' go.mod)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
repository=$folder/repository
proxy=$folder/proxy

# Commits the work tree as it is here into a repository of its own, which depends
# neither on the user's git set-up nor on this repository's history.
copy_tree() {
	export GIT_AUTHOR_NAME=rehearsal GIT_AUTHOR_EMAIL=rehearsal@localhost
	export GIT_COMMITTER_NAME=rehearsal GIT_COMMITTER_EMAIL=rehearsal@localhost
	git init --quiet "$repository"
	git -C "$repository" config commit.gpgSign false
	git -C "$repository" config tag.gpgSign false
	git -C "$repository" config core.hooksPath /dev/null
	git ls-files -z --cached --others --exclude-standard |
		git --git-dir="$repository/.git" --work-tree="$PWD" update-index -z --add --remove --stdin
	git -C "$repository" commit --quiet --message 'the work tree'
	git -C "$repository" reset --quiet --hard
}

# Prints "path kind" for each tag: kind is module, or command for what is installed.
released() {
	git -C "$repository" tag --list "*$version" | while read -r tag; do
		local dir=${tag%"$version"}
		dir=${dir%/}
		case $dir in
		cmd/*) echo "$root/$dir command" ;;
		*) echo "$root${dir:+/$dir} module" ;;
		esac
	done
}

# Makes the zips of these modules in the layout of a module proxy. The go command
# reads the repository above where it would read the public one.
make_zips() {
	(
		cd "$folder"
		export GOWORK=off GOFLAGS=-modcacherw GOPROXY=direct GOPRIVATE=$root GOVCS='*:git' GOMODCACHE=$proxy
		export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=url.file://$repository.insteadOf GIT_CONFIG_VALUE_0=https://$root
		go mod download "${@/%/@$version}"
	)
}

# From here on the go command works as a user's: its module cache is empty, what
# this machine has is served as by a proxy, and our own modules come from the
# zips. Their checksums are in no public database, those of others in our go.sum.
use_proxy() {
	local cache
	cache=$(go env GOMODCACHE)
	GOPROXY=file://$proxy/cache/download,file://$cache/cache/download,$(go env GOPROXY)
	export GOPROXY GONOPROXY=none GONOSUMDB=$root,$(go env GONOSUMDB)
	export GOWORK=off GOMODCACHE=$folder/modules GOFLAGS='-mod=mod -modcacherw -trimpath -buildvcs=false'
	cat go.sum */go.sum */*/go.sum */*/*/go.sum 2>/dev/null | sort -u >"$folder/go.sum" || true
}

# quiet prints what the command prints only where it fails or warns.
quiet() {
	if ! "$@" >"$folder/output.txt" 2>&1 || grep -q '^go: warning' "$folder/output.txt"; then
		cat "$folder/output.txt"
		echo "FAILED: $*"
		return 1
	fi
}

# A tagged commit's go.mod and go.sum must hold all that its own tests need.
check_tagged() {
	git -C "$repository" checkout --quiet "$version"
	local path
	for path in "$@"; do
		local dir=$repository${path#"$root"}
		if grep -n '^replace' "$dir/go.mod"; then
			echo "FAILED: $path has a replace line in its tagged commit"
			return 1
		fi
		(cd "$dir" && quiet go list -mod=readonly -deps -test ./...)
	done
}

# program FOLDER PACKAGE MODULE... writes a package that imports every package of
# these modules, gets them as the README says, and vets and builds it.
program() {
	local dir=$1 package=$2
	shift 2
	mkdir -p "$dir"
	cd "$dir"
	go mod init example.com/user 2>/dev/null
	cp "$folder/go.sum" .
	echo "\$ go get $*"
	quiet go get "$@"
	{
		echo "package $package"
		go list -f '{{if and .GoFiles (ne .Name "main")}}import _ "{{.ImportPath}}"{{end}}' "${@/%//...}" | grep -v '/internal[/"]'
	} >imports.go
	quiet go vet ./...
	quiet go build -o built ./...
}

# The program that uses all modules reads a secret from its environment.
write_main() {
	mkdir "$folder/user"
	cat >"$folder/user/main.go" <<-EOF
		package main

		import (
			"context"
			"fmt"
			"log"

			"$root"
			"$root/providers/local"
		)

		func main() {
			ctx := context.Background()
			store, err := secretmux.Open(ctx, "env:", local.Backend())
			if err != nil {
				log.Fatal(err)
			}
			defer store.Close()
			token, err := store.Get(ctx, "install/token")
			if err != nil {
				log.Fatal(err)
			}
			fmt.Println(token, token.Reveal() == "canary")
		}
	EOF
}

copy_tree
(cd "$repository" && .ci/release --apply "$version")
libraries=$(released | awk '$2 == "module" { print $1 }')
commands=$(released | awk '$2 == "command" { print $1 }')
make_zips $libraries $commands
use_proxy
check_tagged $libraries $commands

echo '-- each module by itself'
number=0
for path in $libraries; do
	number=$((number + 1))
	(program "$folder/user$number" user "$path")
done

echo '-- all modules in one program'
write_main
(program "$folder/user" main $libraries)
INSTALL_TOKEN=canary "$folder/user/built"

for path in $commands; do
	echo "\$ go install $path@latest"
	GOBIN=$folder/bin go install "$path@latest"
	go version -m "$folder/bin/${path##*/}" | grep -w mod
	"$folder/bin/${path##*/}" --version | grep -F "$version"
done
