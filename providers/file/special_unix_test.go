//go:build unix

package file_test

import (
	"net"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
)

// Opening a pipe without a writer waits for ever, unless O_NONBLOCK is set.
func TestPipesAndSocketsDoNotBlock(t *testing.T) {
	dir := t.TempDir()
	must(t, syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600))
	l, err := net.Listen("unix", filepath.Join(dir, "socket"))
	must(t, err)
	defer func() { _ = l.Close() }()
	files("plain")(t, dir)
	done := make(chan struct{})
	go func() {
		defer close(done)
		refuses(t, dir, "pipe", secretmux.ErrInvalid)
		refuses(t, dir, "socket", secretmux.ErrInvalid)
		refuses(t, filepath.Join(dir, "pipe"), "s", secretmux.ErrInvalid)
		if got := names(t, open(t, dir), ""); len(got) != 1 || got[0] != "plain" {
			t.Errorf("it lists %q", got)
		}
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("a pipe is waited for")
	}
}
