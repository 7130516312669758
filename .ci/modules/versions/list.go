package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/mod/module"
)

// listed is what the go command prints of a module.
type listed struct {
	Path, Version string
	Replace       *listed
	Retracted     []string
	Error         *struct{ Err string }
}

// selected is the version whose code is built; it has no Version where that is a folder.
func (l listed) selected() module.Version {
	if l.Replace != nil {
		l = *l.Replace
	}
	return module.Version{Path: l.Path, Version: l.Version}
}

// retractions asks for the versions that their authors took back. The unsaid are
// those for which no answer came.
func retractions(ctx context.Context, folder string, all []module.Version) (bad []finding, unsaid []string, err error) {
	empty := filepath.Join(folder, "empty")
	if err := errors.Join(
		os.Mkdir(empty, 0o700),
		os.WriteFile(filepath.Join(empty, "go.mod"), []byte("module empty\n\ngo 1.25.0\n"), 0o600),
	); err != nil {
		return nil, nil, fmt.Errorf("empty module: %w", err)
	}
	args := []string{"-e", "-retracted"}
	for _, v := range all {
		args = append(args, v.String())
	}
	answers, err := list(ctx, empty, args...)
	if err != nil {
		return nil, nil, err
	}
	for _, a := range answers {
		switch v := a.selected(); {
		case len(a.Retracted) > 0:
			reason := strings.Join(strings.Fields(strings.Join(a.Retracted, "; ")), " ")
			bad = append(bad, finding{v, "retracted: " + reason})
		case a.Error != nil:
			unsaid = append(unsaid, v.String())
		}
	}
	return bad, unsaid, nil
}

// list runs go list -m in the folder.
func list(ctx context.Context, folder string, args ...string) ([]listed, error) {
	cmd := exec.CommandContext(ctx, "go", append([]string{"list", "-m", "-mod=mod", "-json"}, args...)...)
	cmd.Dir = folder
	// The go command asks the proxy as many questions at a time as it has processors.
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOMAXPROCS=16")
	var problem bytes.Buffer
	cmd.Stderr = &problem
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list in %s: %w: %s", folder, err, strings.TrimSpace(problem.String()))
	}
	var all []listed
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var l listed
		if err := decoder.Decode(&l); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list in %s: %w", folder, err)
		}
		all = append(all, l)
	}
}
