//go:build unix

package cli_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
)

// chain returns a rig with one secret, db/password, in the environment.
func chain() rig {
	return rig{env: map[string]string{"SECRETS": "env:", "DB_PASSWORD": canary}}
}

func TestRunMasksUnlessOnATerminal(t *testing.T) {
	r := chain()
	r.run(t, "run", "-e", "X=db/password", "--", "sh", "-c", `echo "<$X>"; echo "<$X>" >&2; printf %s "$X" | od -An -tx1 | tr -d ' \n'`).
		want(t, 0, "<[redacted:db/password]>\n")
	got := r.run(t, "run", "--mask-names=false", "-e", "X=db/password", "--", "sh", "-c", `echo "<$X>"`)
	got.want(t, 0)
	if got.out != "<[redacted]>\n" || got.err != "" {
		t.Errorf("stdout %q, stderr %q", got.out, got.err)
	}
	r.reveals = true
	if got := r.run(t, "run", "--mask", "stdout=off", "-e", "X=db/password", "--", "sh", "-c", `echo "$X"`); got.out != canary+"\n" {
		t.Errorf("with --mask stdout=off the output differs")
	}
}

func TestRunNamesSecretsTooShortToMask(t *testing.T) {
	r := rig{env: map[string]string{"SECRETS": "env:", "PIN": "4711"}}
	got := r.run(t, "run", "-e", "P=pin", "--", "sh", "-c", `echo $P`)
	got.want(t, 0, "not masked, because they are short: pin; --mask-short")
	if got := r.run(t, "run", "--mask-short", "-e", "P=pin", "--", "sh", "-c", `echo $P`); got.out != "[redacted:pin]\n" || got.err != "" {
		t.Errorf("with --mask-short: %q, %q", got.out, got.err)
	}
}

func TestRunPassesEveryExitCodeOn(t *testing.T) {
	r := chain()
	for code := range 256 {
		got := r.run(t, "run", "-e", "X=db/password", "--", "sh", "-c", fmt.Sprint("exit ", code))
		if got.code != code || got.out+got.err != "" {
			t.Errorf("exit %d: code %d, output %q", code, got.code, got.out+got.err)
		}
	}
}

func TestRunOfACommandThatASignalKills(t *testing.T) {
	r := chain()
	for _, number := range []int{1, 2, 3, 9, 15} {
		got := r.run(t, "run", "-e", "X=db/password", "--", "sh", "-c", fmt.Sprintf("kill -%d $$", number))
		if got.code != 128+number || got.out+got.err != "" {
			t.Errorf("signal %d: code %d, output %q", number, got.code, got.out+got.err)
		}
	}
}

func TestRunOfACommandThatCanNotStart(t *testing.T) {
	r := chain()
	file := filepath.Join(t.TempDir(), "plain")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(t.TempDir(), "script")
	if err := os.WriteFile(script, []byte("no program\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, path string
		code       int
	}{
		{"not found", "no-such-" + canary, 127},
		{"not found by its path", "/no/such/" + canary, 127},
		{"not executable", file, 126},
		{"a folder", filepath.Dir(file), 126},
		{"no program", script, 126},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r.run(t, "run", "-e", "X=db/password", "--", tt.path).want(t, tt.code, "secretmux: the command ")
		})
	}
}

func TestRunRefuses(t *testing.T) {
	dir := t.TempDir()
	refs := func(text string) string {
		file := filepath.Join(dir, fmt.Sprint(len(text), ".refs"))
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	tests := []struct {
		name string
		args []string
		code int
		text string
	}{
		{"no command", []string{"-e", "X=db/password"}, 2, "a command after --"},
		{"no secret", nil, 2, "no secret was asked for"},
		{"a value instead of NAME=REF", []string{"-e", canary}, 2, "-e number 1 is not NAME=REF"},
		{"a value instead of a reference", []string{"-e", "X=" + canary}, 3, "X: get"},
		{"a value with special characters", []string{"-e", "X=" + canary + "//"}, 2, "X: "},
		{"two references for one variable", []string{"-e", "X=db/password", "-e", "X=db/other"}, 2, "X has two references"},
		{"an environment and a file of one name", []string{"-e", "X=db/password", "--file", "X=db/password"}, 2, "X has two references"},
		{"a .env with values as --refs", []string{"--refs", refs("PASSWORD=" + canary + "\n")}, 3, "PASSWORD: get"},
		{"a .env with quotes as --refs", []string{"--refs", refs("PASSWORD='" + canary + " $x'\n")}, 2, "line 1: the quotes"},
		{"something else as --refs", []string{"--refs", refs("A=b\n\n" + canary + "\n")}, 2, "line 3 is not NAME=REF"},
		{"no file as --refs", []string{"--refs", "/no/" + canary}, 2, "can't be read: no such file"},
		{"a dangerous name in a file", []string{"--refs", refs("LD_PRELOAD=db/password\n")}, 2, "--allow-name LD_PRELOAD"},
		{"nothing below --all", []string{"--all", "x/" + canary}, 3, "no secret has the prefix"},
		{"an unknown --mask", []string{"-e", "X=db/password", "--mask", canary}, 2, "the value of --mask"},
		{"an unknown stream", []string{"-e", "X=db/password", "--mask", "stdin=off"}, 2, "the value of --mask"},
		{"--exec with a rotation", []string{"-e", "X=db/password", "--exec", "--on-rotate", "restart"}, 2, "no process is left to act"},
		{"--exec with files", []string{"--file", "X=db/password", "--exec"}, 2, "no process is left to remove"},
		{"--exec with a mask", []string{"-e", "X=db/password", "--exec", "--mask", "always"}, 2, "no process is left to mask"},
		{"a signal without files", []string{"-e", "X=db/password", "--on-rotate", "signal=HUP"}, 2, "can't change"},
		{"an unknown signal", []string{"--file", "X=db/password", "--on-rotate", "signal=" + canary}, 2, "restart, signal=HUP or exit"},
		{"an unknown file mode", []string{"--file", "X=db/password", "--file-mode", canary}, 2, "disk or memfd"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			started := filepath.Join(t.TempDir(), "started")
			args := append([]string{"run"}, tt.args...)
			if tt.name != "no command" {
				args = append(args, "--", "touch", started)
			}
			chain().run(t, args...).want(t, tt.code, tt.text)
			if _, err := os.Stat(started); err == nil {
				t.Error("the command was started")
			}
		})
	}
}

func TestRunStartsNothingWhenAStoreFails(t *testing.T) {
	for class, code := range map[error]int{
		secretmux.ErrDenied: 4, secretmux.ErrUnauthenticated: 4, secretmux.ErrUnavailable: 5, secretmux.ErrDisabled: 6,
	} {
		started := filepath.Join(t.TempDir(), "started")
		r := rig{backends: []secretmux.Backend{failing(class)}}
		r.run(t, "run", "-c", "failing:?retry=off", "--optional", "X", "-e", "X="+canary, "--", "touch", started).want(t, code, "X: get")
		if _, err := os.Stat(started); err == nil {
			t.Error("the command was started")
		}
	}
}

func TestRunEnvironment(t *testing.T) {
	r := chain()
	for key, value := range map[string]string{
		"VAULT_TOKEN": "t", "SECRETMUX_AGE_KEY": "t", "DOTENV_PRIVATE_KEY_PROD": "t", "AWS_PROFILE": "kept",
		"JOURNAL_STREAM": "8:1", "DROPPED": "t", "X": "before",
	} {
		r.env[key] = value
	}
	names := []string{"--", "sh", "-c", "env | cut -d= -f1 | sort | tr '\\n' ' '"}
	got := r.run(t, append([]string{"run", "--drop", "DROPPED", "-e", "X=db/password"}, names...)...)
	got.want(t, 0, "replaces a variable that was set: X")
	got.out = " " + got.out
	for _, name := range []string{"VAULT_TOKEN", "SECRETMUX_AGE_KEY", "DOTENV_PRIVATE_KEY_PROD", "JOURNAL_STREAM", "DROPPED"} {
		if strings.Contains(got.out, " "+name+" ") {
			t.Errorf("the command got %s", name)
		}
	}
	for _, name := range []string{"AWS_PROFILE", "SECRETMUX_RUN", "X", "PATH"} {
		if !strings.Contains(got.out, " "+name+" ") {
			t.Errorf("the command lacks %s", name)
		}
	}
	if got := r.run(t, "run", "--pristine", "-e", "X=db/password", "--", "env"); got.out != "SECRETMUX_RUN=1\nX=[redacted:db/password]\n" {
		t.Errorf("--pristine gave %q", got.out)
	}
	r.run(t, "run", "--mask", "off", "-e", "Y=db/password", "--", "sh", "-c", "echo $JOURNAL_STREAM").want(t, 0, "8:1")
}

func TestRunOptionalVariables(t *testing.T) {
	r := chain()
	got := r.run(t, "run", "--optional", "Y", "-e", "X=db/password", "-e", "Y=absent/"+canary, "--", "sh", "-c", `echo "${Y-unset}"`)
	got.want(t, 0, "unset")
}

func TestRunRefusesValuesThatNoVariableHolds(t *testing.T) {
	dir := t.TempDir()
	for name, value := range map[string]string{
		"nul": "a\x00b", "long": strings.Repeat("x", 131_071-len("LONG=")+1), "longest": strings.Repeat("x", 131_071-len("LONG=")),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(value), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := rig{env: map[string]string{"SECRETS": "file://" + dir}}
	r.run(t, "run", "-e", "NUL=nul", "--", "true").want(t, 2, "NUL has a NUL byte", "--file")
	r.run(t, "run", "-e", "LONG=long", "--", "true").want(t, 2, "LONG is over the 131071 bytes", "--file")
	r.run(t, "run", "-e", "LONG=longest", "--", "sh", "-c", "echo ${#LONG}").want(t, 0, "131066\n")
	r.run(t, "run", "--file", "NUL=nul", "--", "sh", "-c", `wc -c <"$NUL"`).want(t, 0, "3\n")
}

func TestRunReadsFilesOfReferences(t *testing.T) {
	file := filepath.Join(t.TempDir(), ".env.example")
	text := "# the password\n# string, required\n# from db/password\nX=\nexport Y='db/password' # again\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	got := chain().run(t, "run", "--refs", file, "--", "sh", "-c", `echo "$X $Y"`)
	if want := strings.TrimSpace(strings.Repeat("[redacted:db/password] ", 2)) + "\n"; got.out != want {
		t.Errorf("got %q, want %q; stderr %s", got.out, want, got.err)
	}
	if err := os.WriteFile(file, []byte("DB_PASSWORD=\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	chain().run(t, "run", "--pristine", "--refs", file, "--", "env").want(t, 0, "DB_PASSWORD=[redacted:db_password]\n")
}

func TestRunAll(t *testing.T) {
	dir := t.TempDir()
	for name, value := range map[string]string{"app/db/password": canary, "app/path": canary, "other/x": "x"} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(value), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := rig{env: map[string]string{"SECRETS": "env:,file://" + dir}}
	r.run(t, "run", "--all", "app/", "--", "true").want(t, 2, "PATH can change which program runs", "--allow-name PATH")
	if err := os.Remove(filepath.Join(dir, "app/path")); err != nil {
		t.Fatal(err)
	}
	got := r.run(t, "run", "--pristine", "--all", "app/", "--", "env")
	if want := "DB_PASSWORD=[redacted:app/db/password]\nSECRETMUX_RUN=1\n"; got.out != want {
		t.Errorf("got %q, want %q; stderr %s", got.out, want, got.err)
	}
	for _, name := range []string{"app/db-password", "app/db_password"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r.run(t, "run", "--all", "app/", "--", "true").want(t, 2, "DB_PASSWORD has two references")
}

func TestRunFilesArePrivateAndRemoved(t *testing.T) {
	folder := t.TempDir()
	r := chain()
	r.env["XDG_RUNTIME_DIR"] = folder
	got := r.run(t, "run", "--file", "KEY=db/password", "--", "sh", "-c", `ls -ld "$(dirname "$KEY")" "$KEY" | cut -c1-10; wc -c <"$KEY"`)
	got.want(t, 0, "drwx------", "-rw-------", fmt.Sprint(len(canary)))
	if left, err := os.ReadDir(folder); err != nil || len(left) != 0 {
		t.Errorf("%d entries are left, %v", len(left), err)
	}
}
