package file_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/file"
)

const nobody = 65534

// unprivileged runs f as a user that file modes bind. They don't bind root.
func unprivileged(t *testing.T, f func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		f()
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // the thread is never unlocked, so it ends with the goroutine
		if err := syscall.Setfsuid(nobody); err != nil {
			t.Errorf("this thread can't become nobody: %v", err)
			return
		}
		f()
	}()
	<-done
}

func TestDenied(t *testing.T) {
	above := t.TempDir()
	dir, closed := filepath.Join(above, "dir"), filepath.Join(above, "closed")
	must(t, os.Chmod(filepath.Dir(above), 0o755))
	files("s", "sub/s", "open")(t, dir)
	files("s")(t, closed)
	must(t, os.Chmod(filepath.Join(dir, "s"), 0))
	must(t, os.Chmod(filepath.Join(dir, "open"), 0o644))
	must(t, os.Chmod(filepath.Join(dir, "sub"), 0))
	must(t, os.Chmod(closed, 0))
	t.Cleanup(func() { _, _ = os.Chmod(closed, 0o700), os.Chmod(filepath.Join(dir, "sub"), 0o700) })
	unprivileged(t, func() {
		if _, err := os.ReadDir(closed); !errors.Is(err, os.ErrPermission) {
			t.Errorf("modes do not bind this user: %v", err)
			return
		}
		p, shut := open(t, dir), open(t, closed)
		get := func(p *file.Provider, name string) error { // on this thread, unlike a batch
			_, err := p.Get(t.Context(), name)
			return err
		}
		for what, err := range map[string]error{
			"file": get(p, "s"), "directory": get(p, "sub/s"), "folder": get(shut, "s"), "check": shut.Check(t.Context()),
			"list": listError(t.Context(), p), "list of the folder": listError(t.Context(), shut),
		} {
			if !errors.Is(err, secretmux.ErrDenied) {
				t.Errorf("%s: %v, want denied", what, err)
			}
		}
		if err := errors.Join(get(p, "open"), p.Check(t.Context())); err != nil || !errors.Is(get(p, "absent"), secretmux.ErrNotFound) {
			t.Errorf("the readable part says %v, %v", err, get(p, "absent"))
		}
	})
}
