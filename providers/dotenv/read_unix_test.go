//go:build unix

package dotenv_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/dotenv"
)

// A FIFO without a writer would make a plain open wait for ever.
func TestFIFO(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	wantClass(t, open(t, fifo, dotenv.Options{}), "a", secretmux.ErrInvalid)
}

func TestUnreadable(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root reads everything; TestSystemErrors covers the class")
	}
	path := write(t, "A=1")
	if err := os.Chmod(path, 0o200); err != nil {
		t.Fatal(err)
	}
	wantClass(t, open(t, path, dotenv.Options{}), "a", secretmux.ErrDenied)
}
