//go:build !windows

package dotenv_test

import (
	"bytes"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/dotenv"
)

func TestPerm(t *testing.T) {
	tests := []struct {
		mode fs.FileMode
		open bool
	}{
		{0o600, false},
		{0o400, false},
		{0o700, false},
		{0o644, true},
		{0o640, true},
		{0o604, true},
		{0o620, true},
		{0o602, true},
		{0o666, true},
	}
	for _, tt := range tests {
		path := write(t, "A=1")
		if err := os.Chmod(path, tt.mode); err != nil {
			t.Fatal(err)
		}
		t.Run(tt.mode.String(), func(t *testing.T) {
			var log bytes.Buffer
			p := open(t, path, dotenv.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
			for range 3 {
				wantValue(t, p, "a", "1")
			}
			if err := p.Check(t.Context()); err != nil {
				t.Errorf("Check: %v", err)
			}
			warnings := strings.Count(log.String(), "level=WARN")
			if tt.open && (warnings != 1 || !strings.Contains(log.String(), tt.mode.String())) || !tt.open && warnings != 0 {
				t.Errorf("warned %d times:\n%s", warnings, log.String())
			}
			strict := open(t, path, dotenv.Options{StrictPerm: true})
			if !tt.open {
				wantValue(t, strict, "a", "1")
				return
			}
			if err := wantClass(t, strict, "a", secretmux.ErrInvalid); !strings.Contains(err.Error(), "chmod 600") {
				t.Errorf("no hint in %v", err)
			}
			if err := strict.Check(t.Context()); secretmux.ClassOf(err) != secretmux.ErrInvalid {
				t.Errorf("Check: %v", err)
			}
		})
	}
}

// A config string can't name a logger. Without a logger the warning is discarded,
// because the program's own log is not ours.
func TestBackendDoesNotWarn(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)
	path := write(t, "A=1")
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	p, err := openURI(t, dotenv.Backend(), "dotenv://"+path)
	if err != nil {
		t.Fatal(err)
	}
	wantValue(t, p, "a", "1")
	if log.Len() != 0 {
		t.Errorf("logged %q", log.String())
	}
}
