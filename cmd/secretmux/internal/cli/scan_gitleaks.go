package cli

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/scan"
)

// gitleaks is the name of the one program that --with knows.
const gitleaks = "gitleaks"

// gitleaksFinding is what is read of a finding of gitleaks, never the secret and
// what is around it.
type gitleaksFinding struct {
	RuleID                 string
	File                   string
	StartLine, StartColumn int
}

// runGitleaks adds what an installed gitleaks finds in the files that scan looks
// at. It runs no git there.
func (s *session) runGitleaks(ctx context.Context, f *scanFlags, r *scanResult) error {
	found, err := gitleaksIn(ctx, f.path)
	if err != nil {
		return err
	}
	skip, err := s.notScanned(ctx, f.path, found)
	if err != nil {
		return err
	}
	set := r.values.masks()
	for _, one := range found {
		path := filepath.ToSlash(filepath.Clean(one.File))
		if skip[path] {
			continue
		}
		shown := printable([]string{set.Redact(path), set.Redact(one.RuleID)})
		r.findings = append(r.findings, scanFinding{
			Path: shown[0], Line: one.StartLine, Column: one.StartColumn, Rule: shown[1], Tool: gitleaks,
			text: shown[0] + ":" + strconv.Itoa(one.StartLine) + ":" + strconv.Itoa(one.StartColumn) + ": " + shown[1] + " (gitleaks)",
		})
	}
	return nil
}

// gitleaksIn runs gitleaks in a folder and reads its report. Its messages are not
// shown, as they may quote what it found.
func gitleaksIn(ctx context.Context, dir string) ([]gitleaksFinding, error) {
	program, err := exec.LookPath(gitleaks)
	if err != nil {
		return nil, usage("gitleaks is not in PATH", "install it, or leave out --with")
	}
	private, err := os.MkdirTemp("", "secretmux-") // 0700
	if err != nil {
		return nil, usage("there is no place for the report of gitleaks: "+reason(err), "")
	}
	defer func() { _ = os.RemoveAll(private) }()
	report := filepath.Join(private, "report.json")
	cmd := exec.CommandContext(ctx, program, "dir", "--no-banner", "--redact", "--exit-code", "0", //nolint:gosec // no argument of the user's
		"--report-format", "json", "--report-path", report, ".")
	cmd.Dir = dir
	cmd.Env = gitleaksEnvironment()
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return nil, &secretmux.Error{Op: "scan", Err: ctx.Err()}
		}
		return nil, &secretmux.Error{
			Op: "scan", Class: secretmux.ErrUnavailable, Err: errors.New("gitleaks failed"), Hint: "run gitleaks dir in the folder to see why; 8.19 or later is needed",
		}
	}
	return readGitleaks(report)
}

func readGitleaks(path string) ([]gitleaksFinding, error) {
	const most = 64 << 20
	file, err := os.Open(path) //nolint:gosec // a file in a folder of our own
	if err == nil {
		defer func() { _ = file.Close() }()
		var found []gitleaksFinding
		if err = json.NewDecoder(io.LimitReader(file, most)).Decode(&found); err == nil {
			return found, nil
		}
	}
	return nil, &secretmux.Error{Op: "scan", Class: secretmux.ErrCorrupt, Err: errors.New("the report of gitleaks can't be read")}
}

// gitleaksEnvironment passes on what a program needs to run, and no secret.
func gitleaksEnvironment() []string {
	env := []string{"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_TERMINAL_PROMPT=0"}
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "TMP", "TEMP", "SYSTEMROOT", "USERPROFILE", "GITLEAKS_CONFIG"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// notScanned are the files that scan leaves out and gitleaks does not: those that
// git ignores, and outside of a repository the stores themselves.
func (s *session) notScanned(ctx context.Context, dir string, found []gitleaksFinding) (map[string]bool, error) {
	var paths []string
	for _, one := range found {
		if path := filepath.ToSlash(filepath.Clean(one.File)); filepath.IsLocal(one.File) && !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	skip := map[string]bool{}
	ignored, err := scan.Ignored(ctx, dir, paths...)
	if errors.Is(err, secretmux.ErrInvalid) { // no repository
		for _, path := range paths {
			skip[path] = slices.ContainsFunc(s.ownFiles(dir), func(own string) bool { return path == own || strings.HasPrefix(path, own+"/") })
		}
		return skip, nil
	}
	if err != nil {
		return nil, err
	}
	tracked, err := scan.Tracked(ctx, dir, ignored...)
	for _, path := range ignored {
		skip[path] = !slices.Contains(tracked, path)
	}
	return skip, err
}
