package cli_test

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/cmd/secretmux/internal/cli"
	"github.com/secretmux/secretmux/providers/age"
	"github.com/secretmux/secretmux/providers/exec"
)

// repository is a folder with a key and a file that does not exist yet.
type repository struct {
	rig
	dir, key, public string
}

func newRepository(t *testing.T, flags ...string) repository {
	t.Helper()
	dir := t.TempDir()
	r := repository{dir: dir, key: filepath.Join(dir, "key.txt")}
	r.backends = []secretmux.Backend{age.Options{Lookup: cli.AgeKey}.Backend()}
	got := rig{}.run(t, append([]string{"keygen", "-o", r.key}, flags...)...)
	got.want(t, 0)
	r.public = strings.TrimSpace(got.out)
	r.env = map[string]string{"SOPS_AGE_KEY_FILE": r.key, "SOPS_AGE_KEY": "", "SECRETMUX_AGE_KEY": ""}
	must(t, os.Unsetenv("SOPS_AGE_KEY"))
	delete(r.env, "SOPS_AGE_KEY")
	delete(r.env, "SECRETMUX_AGE_KEY")
	return r
}

func (r repository) path(name string) string { return filepath.Join(r.dir, name) }

// with runs a command with this standard input.
func (r repository) with(t *testing.T, in string, args ...string) result {
	t.Helper()
	r.in = in
	return r.run(t, args...)
}

// value returns the value that the file has for a name.
func (r repository) value(t *testing.T, link, name string) string {
	t.Helper()
	r.reveals = true
	got := r.run(t, "get", name, "--reveal", "-c", link)
	got.want(t, 0)
	return got.out
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	must(t, err)
	return string(content)
}

func link(scheme, path string) string {
	return (&secretmux.URI{Scheme: scheme, Path: filepath.ToSlash(path)}).String()
}

func TestKeygen(t *testing.T) {
	hybrid, classic := newRepository(t), newRepository(t, "--classic")
	if !strings.HasPrefix(hybrid.public, "age1pq1") || !strings.HasPrefix(classic.public, "age1") || len(classic.public) != 62 {
		t.Errorf("the public keys are %.10s and %s", hybrid.public, classic.public)
	}
	for _, r := range []repository{hybrid, classic} {
		text := read(t, r.key)
		if !strings.Contains(text, "\nAGE-SECRET-KEY-") || !strings.Contains(text, r.public) {
			t.Error("the file has no key")
		}
		if info, err := os.Stat(r.key); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("its mode is %v, %v", info.Mode(), err)
		}
		r.run(t, "keygen", "-o", r.key).want(t, 2, "never overwrites")
		if read(t, r.key) != text {
			t.Error("the key was overwritten")
		}
	}
	rig{}.run(t, "keygen").want(t, 2, "does not print")
}

// The life of a file, from its first value to the removal of a key.
func TestEncryptedFile(t *testing.T) {
	for _, name := range []string{"secrets.env", "secrets.env.age"} {
		t.Run(name, func(t *testing.T) {
			r, colleague := newRepository(t), newRepository(t)
			path := r.path(name)
			scheme := map[bool]string{true: "age", false: "sops"}[strings.HasSuffix(name, ".age")]
			config := link(scheme, path)
			r.with(t, canary+"\n", "set", "db/password", "--file", path).want(t, 0)
			r.with(t, "second", "set", "api/key", "-c", config).want(t, 0)
			if got := r.value(t, config, "db/password"); got != canary {
				t.Errorf("the value has %d bytes", len(got))
			}
			noCanary(t, "the file", read(t, path))

			theirs := colleague
			theirs.run(t, "get", "api/key", "-c", config).want(t, 4, "recipients add")
			r.run(t, "recipients", "add", "-f", path, colleague.public).want(t, 0)
			theirs.run(t, "get", "api/key", "-c", config).want(t, 0)
			if got := r.run(t, "recipients", "list", "-f", path); got.out != r.public+"\n"+colleague.public+"\n" {
				t.Errorf("%s lists %d bytes", name, len(got.out))
			}
			before := read(t, path)
			r.run(t, "reencrypt", "-f", path).want(t, 0)
			if read(t, path) == before {
				t.Error("reencrypt changed nothing")
			}
			got := r.run(t, "recipients", "remove", "-f", path, colleague.public)
			got.want(t, 0, "rotate these 2 secrets", "db_password\n", "api_key\n")
			theirs.run(t, "get", "api/key", "-c", config).want(t, 4)

			r.run(t, "rm", "api/key", "-f", path).want(t, 0)
			r.run(t, "rm", "api/key", "-f", path).want(t, 3)
			r.run(t, "get", "api/key", "-c", config).want(t, 3)
			r.run(t, "recipients", "list", "-f", path, "--json").want(t, 0, `"age1pq1`)
		})
	}
}

// Public keys are enough for a new file.
func TestSetWithPublicKeysOnly(t *testing.T) {
	r, somebody := newRepository(t), newRepository(t)
	path := r.path("secrets.env")
	blind := repository{rig: rig{env: map[string]string{"SOPS_AGE_KEY_FILE": ""}}}
	blind.with(t, canary, "set", "a", "-f", path, "-r", r.public, "--recipient", somebody.public).want(t, 0)
	for _, reader := range []repository{r, somebody} {
		if got := reader.value(t, link("sops", path), "a"); got != canary {
			t.Errorf("the value has %d bytes", len(got))
		}
	}
	blind.with(t, canary, "set", "b", "-f", path).want(t, 4, "identity")
	blind.with(t, canary, "set", "b", "-f", r.path("new.env")).want(t, 5, "does not exist")
}

func TestSetTakesBytesAsTheyAre(t *testing.T) {
	r := newRepository(t, "--classic")
	file := link("age", r.path("x.age")) + "?name=x"
	r.with(t, "\x00"+canary+"\r\n", "set", "x", "--raw", "-f", file).want(t, 0)
	if got := r.value(t, file, "x"); got != "\x00"+canary+"\r\n" {
		t.Errorf("the value has %d bytes", len(got))
	}
	r.with(t, canary+"\r\n", "set", "x", "-f", file).want(t, 0)
	if got := r.value(t, file, "x"); got != canary {
		t.Errorf("the value has %d bytes", len(got))
	}
	r.with(t, strings.Repeat(canary, 1<<17), "set", "x", "-f", file).want(t, 2, "over 1 MiB")
}

// The error of a mistake quotes nothing that was typed, because it may be the
// value.
func TestMistakesWithEncryptedFiles(t *testing.T) {
	r := newRepository(t, "--classic")
	path := r.path("secrets.env")
	r.with(t, "1", "set", "a", "-f", path).want(t, 0)
	private := ""
	for line := range strings.Lines(read(t, r.key)) {
		if strings.HasPrefix(line, "AGE-SECRET-KEY-") {
			private = strings.TrimSpace(line)
		}
	}
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"set", "a", canary, "-f", path}, 2, "never the value"},
		{[]string{"set", "../" + canary, "-f", path}, 2, "name"},
		{[]string{"set", canary}, 2, "--file"},
		{[]string{"set", "a", "-c", "env:"}, 2, "exactly one link"},
		{[]string{"set", "a", "-f", r.path("x.yaml")}, 2, "YAML"},
		{[]string{"rm", canary, "-f", path}, 3, ""},
		{[]string{"recipients", "add", "-f", path, private}, 2, "private key"},
		{[]string{"recipients", "add", "-f", path, "age1" + canary}, 2, "malformed"},
		{[]string{"recipients", "remove", "-f", path, canary}, 3, "not among"},
		{[]string{"recipients", canary}, 2, "list, add or remove"},
		{[]string{"edit", "-f", path}, 2, "terminal"},
		{[]string{"reencrypt", canary, "-f", path}, 2, ""},
		{[]string{"set", "a", "-f", path, "-i", r.path("gone.txt")}, 4, "identities"},
	} {
		got := r.with(t, "2", c.args...)
		got.want(t, c.code, c.want)
		if strings.Contains(got.err+got.out, private) {
			t.Errorf("%v shows the private key", c.args[:2])
		}
	}
	if got := r.value(t, link("sops", path), "a"); got != "1" {
		t.Error("one of them changed the file")
	}
}

// A link that starts a program needs --allow-exec.
func TestExecNeedsAFlag(t *testing.T) {
	self, err := os.Executable()
	must(t, err)
	config := (&secretmux.URI{Scheme: "exec", Path: filepath.ToSlash(self)}).With("arg", "-test.run=^$").With("name", "x").String()
	r := rig{starters: []secretmux.Backend{exec.Backend()}}
	r.run(t, "get", "x", "-c", config).want(t, 2, "--allow-exec")
	got := r.run(t, "get", "x", "-c", config, "--allow-exec")
	got.want(t, 0, "size")
	if slices.Contains(strings.Fields(got.out), "PASS") {
		t.Error("the output shows the value")
	}
}
