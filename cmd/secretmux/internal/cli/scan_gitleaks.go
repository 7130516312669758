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

// gitleaks is the only program that --with runs.
const gitleaks = "gitleaks"

// gitleaksFinding has the fields that are read from a finding of gitleaks. The
// secret and the text around it are not read.
type gitleaksFinding struct {
	RuleID                 string
	File                   string
	StartLine, StartColumn int
}

// runGitleaks adds the findings of an installed gitleaks in the files that scan
// reads. It does not let gitleaks run git.
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

// gitleaksIn runs gitleaks in a folder and reads its report. It does not show the
// messages of gitleaks, because they may quote a secret.
func gitleaksIn(ctx context.Context, dir string) ([]gitleaksFinding, error) {
	program, err := exec.LookPath(gitleaks)
	if err != nil {
		return nil, usage("gitleaks is not in PATH", "install it, or leave out --with")
	}
	private, err := os.MkdirTemp("", "secretmux-") // 0700
	if err != nil {
		return nil, usage("a folder for the report of gitleaks can't be created: "+reason(err), "")
	}
	defer func() { _ = os.RemoveAll(private) }()
	report := filepath.Join(private, "report.json")
	cmd := exec.CommandContext(ctx, program, "dir", "--no-banner", "--redact", "--exit-code", "0", //nolint:gosec // the user gives no arguments
		"--report-format", "json", "--report-path", report, ".")
	cmd.Dir = dir
	cmd.Env = gitleaksEnvironment()
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return nil, &secretmux.Error{Op: "scan", Err: ctx.Err()}
		}
		return nil, &secretmux.Error{
			Op: "scan", Class: secretmux.ErrUnavailable, Err: errors.New("gitleaks failed"), Hint: "run gitleaks dir in the folder to see why; gitleaks must be 8.19 or later",
		}
	}
	return readGitleaks(report)
}

func readGitleaks(path string) ([]gitleaksFinding, error) {
	const most = 64 << 20
	file, err := os.Open(path) //nolint:gosec // the file is in our own folder
	if err == nil {
		defer func() { _ = file.Close() }()
		var found []gitleaksFinding
		if err = json.NewDecoder(io.LimitReader(file, most)).Decode(&found); err == nil {
			return found, nil
		}
	}
	return nil, &secretmux.Error{Op: "scan", Class: secretmux.ErrCorrupt, Err: errors.New("the report of gitleaks can't be read")}
}

// gitleaksEnvironment returns the variables that a program needs to run. Other
// variables may hold secrets.
func gitleaksEnvironment() []string {
	env := []string{"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_TERMINAL_PROMPT=0"}
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "TMP", "TEMP", "SYSTEMROOT", "USERPROFILE", "GITLEAKS_CONFIG"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// notScanned returns the files that gitleaks scans and scan leaves out: the files
// that git ignores and, outside of a repository, the files of the stores.
func (s *session) notScanned(ctx context.Context, dir string, found []gitleaksFinding) (map[string]bool, error) {
	var paths []string
	for _, one := range found {
		if path := filepath.ToSlash(filepath.Clean(one.File)); filepath.IsLocal(one.File) && !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	skip := map[string]bool{}
	ignored, err := scan.Ignored(ctx, dir, paths...)
	if errors.Is(err, secretmux.ErrInvalid) { // the folder is not in a repository
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
