package scan_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/scan"
)

// canary is an own value that must not be in any output.
const canary = "Zq4x/Vw8kPj2\"mLr6tYb9n Hd3f"

func secretsOf(pairs ...string) map[string]secretmux.Secret {
	secrets := map[string]secretmux.Secret{}
	for i := 0; i < len(pairs); i += 2 {
		secrets[pairs[i]] = secretmux.NewSecret([]byte(pairs[i+1]), secretmux.Meta{})
	}
	return secrets
}

func newScanner(t testing.TB, opts scan.Options) *scan.Scanner {
	t.Helper()
	s, err := scan.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// ownScanner returns a scanner that searches only for the canary.
func ownScanner(t testing.TB) *scan.Scanner {
	t.Helper()
	return newScanner(t, scan.Options{Secrets: secretsOf("db/password", canary), NoPatterns: true})
}

func scanText(t testing.TB, s *scan.Scanner, text string) *scan.Report {
	t.Helper()
	report, err := s.Reader(context.Background(), "file", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// lines returns each finding as it is printed.
func lines(report *scan.Report) []string {
	var all []string
	for _, f := range report.Findings {
		all = append(all, f.String())
	}
	return all
}

func wantLines(t testing.TB, report *scan.Report, err error, want ...string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	got := lines(report)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("found\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// repo is a git repository of a test.
type repo struct {
	t   testing.TB
	dir string
}

// newRepo makes an empty repository that does not use the configuration of this
// machine.
func newRepo(t testing.TB, args ...string) *repo {
	t.Helper()
	home := t.TempDir()
	for name, value := range map[string]string{
		"HOME": home, "XDG_CONFIG_HOME": home, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.DevNull,
		"GIT_DIR": "", "GIT_INDEX_FILE": "", "GIT_WORK_TREE": "", // a hook that runs the tests sets these
	} {
		if t.Setenv(name, value); value == "" {
			_ = os.Unsetenv(name) // t restores the variable
		}
	}
	r := &repo{t: t, dir: filepath.Join(t.TempDir(), "repo")}
	if err := os.Mkdir(r.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	r.git(append([]string{"init", "-q", "-b", "main"}, args...)...)
	return r
}

func (r *repo) git(args ...string) string { return r.gitIn(r.dir, args...) }

func (r *repo) gitIn(dir string, args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=n", "-c", "user.email=e@example.com", "-c", "protocol.file.allow=always"}, args...)...)
	cmd.Dir = dir
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		r.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, complaint.String())
	}
	return strings.TrimSpace(string(out))
}

func (r *repo) write(name, content string) {
	r.t.Helper()
	path := filepath.Join(r.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

// commit stages everything and returns the commit's id.
func (r *repo) commit(message string) string {
	r.t.Helper()
	r.git("add", "-A")
	r.git("commit", "-q", "--allow-empty", "-m", message)
	return r.git("rev-parse", "HEAD")
}
