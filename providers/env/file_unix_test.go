//go:build unix

package env_test

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/env"
)

// A FIFO without a writer would make a plain open wait for ever.
func TestFileIsAFIFO(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	p := newEnviron("A_FILE="+fifo).open(t, env.Options{Files: true})
	wantClass(t, p, "a", secretmux.ErrInvalid)
}
