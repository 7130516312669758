package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The path names a host whose repositories the go command finds without asking.
const root = "github.com/example/mux"

// tree makes a repository with a module of each kind, and one commit.
func tree(t *testing.T) string {
	t.Helper()
	for _, who := range []string{"AUTHOR", "COMMITTER"} {
		t.Setenv("GIT_"+who+"_NAME", "tester")
		t.Setenv("GIT_"+who+"_EMAIL", "tester@localhost")
	}
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	dir := t.TempDir()
	for _, m := range []struct {
		dir, back string
		needs     []string
	}{
		{dir: "."},
		{"providers/vault", "../..", []string{""}},
		{"settings", "..", []string{""}},
		{"adapters/push/nats", "../../..", []string{""}},
		{"cmd/mux", "../..", []string{"", "adapters/push/nats", "providers/vault", "settings"}},
		{"examples", "..", []string{"", "settings"}},
	} {
		mod := "module " + strings.TrimSuffix(root+"/"+m.dir, "/.") + "\n\ngo 1.25.0\n"
		for _, other := range m.needs {
			path := strings.TrimSuffix(root+"/"+other, "/")
			mod += "\nrequire " + path + " v0.0.0\n\nreplace " + path + " => " + m.back + "/" + other + "\n"
		}
		put(t, dir, m.dir+"/go.mod", mod)
		put(t, dir, m.dir+"/doc.go", "package p\n")
	}
	put(t, dir, "settings/go.sum", "example.com/z v1.0.0 h1:x=\nexample.com/z v1.0.0/go.mod h1:y=\n")
	put(t, dir, "LICENSE", "free\n")
	put(t, dir, "CHANGELOG.md", "# Changelog\n\n## [0.3.0] - 2026-01-02\n")
	mustGit(t, dir, "init", "--quiet")
	save(t, dir)
	return dir
}

func put(t *testing.T, dir, file, text string) {
	t.Helper()
	file = filepath.Join(dir, filepath.FromSlash(file))
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func mustGit(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, err := git(t.Context(), dir, args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func save(t *testing.T, dir string) {
	t.Helper()
	mustGit(t, dir, "add", "--all")
	mustGit(t, dir, "commit", "--quiet", "--message", "work")
}

// The order of their making, by the text of what release prints.
var wantTags = []string{"v0.3.0", "providers/vault/v0.3.0", "settings/v0.3.0", "adapters/push/nats/v0.3.0", "cmd/mux/v0.3.0"}

func TestReleaseShowsAndChangesNothing(t *testing.T) {
	dir := tree(t)
	head := mustGit(t, dir, "rev-parse", "HEAD")
	var out bytes.Buffer
	if err := release(t.Context(), dir, "v0.3.0", false, &out); err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(out.String()) {
		if fields := strings.Fields(line); len(fields) == 4 && fields[0] == "tag" {
			got = append(got, fields[1])
		}
	}
	if !slices.Equal(got, wantTags) {
		t.Errorf("got the tags %q, want %q", got, wantTags)
	}
	if tags := mustGit(t, dir, "tag"); tags != "" {
		t.Errorf("a dry run made the tags %q", tags)
	}
	if now := mustGit(t, dir, "rev-parse", "HEAD"); now != head {
		t.Error("a dry run made a commit")
	}
	if changed := mustGit(t, dir, "status", "--porcelain"); changed != "" {
		t.Errorf("a dry run changed %s", changed)
	}
}

func TestReleaseApplied(t *testing.T) {
	dir := tree(t)
	settingsSum := mustGit(t, dir, "show", "HEAD:settings/go.sum")
	if err := release(t.Context(), dir, "v0.3.0", true, new(bytes.Buffer)); err != nil {
		t.Fatal(err)
	}
	tagged := mustGit(t, dir, "rev-list", "-n", "1", "v0.3.0")
	for _, tag := range wantTags {
		if got := mustGit(t, dir, "rev-list", "-n", "1", tag); got != tagged {
			t.Errorf("%s names %s, want the commit of the root, %s", tag, got, tagged)
		}
	}
	if n := len(strings.Fields(mustGit(t, dir, "tag"))); n != len(wantTags) {
		t.Errorf("%d tags were made, want %d", n, len(wantTags))
	}

	mod := mustGit(t, dir, "show", "v0.3.0:cmd/mux/go.mod")
	for _, path := range []string{root, root + "/adapters/push/nats", root + "/providers/vault", root + "/settings"} {
		if !strings.Contains(mod+"\n", "require "+path+" v0.3.0\n") {
			t.Errorf("the command's tagged go.mod doesn't require %s v0.3.0:\n%s", path, mod)
		}
		sum := mustGit(t, dir, "show", "v0.3.0:cmd/mux/go.sum")
		if !strings.Contains(sum, path+" v0.3.0 h1:") || !strings.Contains(sum, path+" v0.3.0/go.mod h1:") {
			t.Errorf("the command's tagged go.sum lacks %s:\n%s", path, sum)
		}
	}
	for _, module := range []string{"providers/vault", "settings", "adapters/push/nats", "cmd/mux"} {
		if mod := mustGit(t, dir, "show", "v0.3.0:"+module+"/go.mod"); strings.Contains(mod, "replace") {
			t.Errorf("%s is tagged with a replace line:\n%s", module, mod)
		}
	}

	// Work goes on with the folders beside each module, and the new version.
	if changed := mustGit(t, dir, "status", "--porcelain"); changed != "" {
		t.Errorf("uncommitted: %s", changed)
	}
	after := mustGit(t, dir, "show", "HEAD:cmd/mux/go.mod")
	if strings.Count(after, "replace ") != 4 || strings.Count(after, " v0.3.0") != 4 {
		t.Errorf("after the release the command has another go.mod than it should:\n%s", after)
	}
	if _, err := git(t.Context(), dir, "show", "HEAD:cmd/mux/go.sum"); err == nil {
		t.Error("after the release the command has a go.sum, and had none before")
	}
	if got := mustGit(t, dir, "show", "HEAD:settings/go.sum"); got != settingsSum {
		t.Errorf("after the release settings has another go.sum:\n%s", got)
	}
	if example := mustGit(t, dir, "show", "v0.3.0:examples/go.mod"); !strings.Contains(example, "v0.3.0") || !strings.Contains(example, "replace") {
		t.Errorf("the examples are built from the folders, at the new version, in every commit:\n%s", example)
	}
}

// The users of a module get the checksum that the release wrote.
func TestReleasedSumsAreThoseOfTheTags(t *testing.T) {
	dir := tree(t)
	var out bytes.Buffer
	if err := release(t.Context(), dir, "v0.3.0", true, &out); err != nil {
		t.Fatal(err)
	}
	cache := t.TempDir()
	env := []string{
		"GOWORK=off", "GOPROXY=direct", "GOPRIVATE=" + root, "GOFLAGS=-modcacherw", "GOMODCACHE=" + cache,
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=url.file://" + dir + ".insteadOf", "GIT_CONFIG_VALUE_0=https://" + root,
	}
	for _, path := range []string{root, root + "/settings", root + "/cmd/mux"} {
		got, err := output(t.Context(), cache, env, "go", "mod", "download", "-json", path+"@v0.3.0")
		if err != nil {
			t.Fatal(err)
		}
		_, sum, _ := strings.Cut(got, `"Sum": "`)
		sum, _, _ = strings.Cut(sum, `"`)
		if sum == "" || !strings.Contains(out.String(), sum+"\n") {
			t.Errorf("users get %s with the sum %q, which the release did not print:\n%s", path, sum, out.String())
		}
	}
}

func TestReleaseRefuses(t *testing.T) {
	tests := []struct {
		name, version string
		change        func(t *testing.T, dir string)
		want          string
	}{
		{"no version", "0.3.0", nil, `"0.3.0" is not a version`},
		{"a short version", "v0.3", nil, "is not a version"},
		{"build metadata", "v0.3.0+linux", nil, "is not a version"},
		{"another major version", "v2.0.0", nil, "needs module paths that end in /v2"},
		{"no entry in the changelog", "v0.4.0", nil, `CHANGELOG.md has no "## [0.4.0]"`},
		{"an uncommitted file", "v0.3.0", func(t *testing.T, dir string) { put(t, dir, "new.go", "package p\n") }, "uncommitted"},
		{
			"a tag that exists", "v0.3.0",
			func(t *testing.T, dir string) { mustGit(t, dir, "tag", "settings/v0.3.0") },
			"the tag settings/v0.3.0 exists",
		},
		{
			"a name that no zip may hold", "v0.3.0",
			func(t *testing.T, dir string) { put(t, dir, "settings/testdata/fuzz/FuzzX/nul", "x"); save(t, dir) },
			`users can't get github.com/example/mux/settings: create zip: testdata/fuzz/FuzzX/nul`,
		},
		{
			"a replace line in the command", "v0.3.0",
			func(t *testing.T, dir string) {
				mod := mustGit(t, dir, "show", "HEAD:cmd/mux/go.mod")
				put(t, dir, "cmd/mux/go.mod", mod+"\nreplace example.com/a => ../a\n")
				save(t, dir)
			},
			"cmd/mux/go.mod: it replaces example.com/a",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := tree(t)
			if tt.change != nil {
				tt.change(t, dir)
			}
			before := mustGit(t, dir, "rev-parse", "HEAD") + mustGit(t, dir, "tag")
			err := release(t.Context(), dir, tt.version, true, new(bytes.Buffer))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
			if after := mustGit(t, dir, "rev-parse", "HEAD") + mustGit(t, dir, "tag"); after != before {
				t.Error("a refused release left a commit or a tag")
			}
		})
	}
}

func TestRunExplainsItsArguments(t *testing.T) {
	for _, args := range [][]string{nil, {"--apply"}, {"--push", "v0.3.0"}, {"v0.3.0", "v0.4.0"}, {"--list", "v0.3.0"}} {
		if err := run(t.Context(), args, new(bytes.Buffer)); !errors.Is(err, errUsage) {
			t.Errorf("%q: got %v, want the usage", args, err)
		}
	}
}
