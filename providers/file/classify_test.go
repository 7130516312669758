package file

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/place"
	"github.com/secretmux/secretmux/providers/internal/steady"
	"github.com/secretmux/secretmux/testing/conformance"
)

func TestClassify(t *testing.T) {
	for _, c := range []struct{ err, class error }{
		{syscall.ENOENT, secretmux.ErrNotFound},
		{syscall.ENOTDIR, secretmux.ErrNotFound},
		{fs.ErrNotExist, secretmux.ErrNotFound},
		{syscall.EACCES, secretmux.ErrDenied},
		{syscall.EPERM, secretmux.ErrDenied},
		{syscall.EISDIR, secretmux.ErrInvalid},
		{syscall.ELOOP, secretmux.ErrInvalid},
		{syscall.ENAMETOOLONG, secretmux.ErrInvalid},
		{syscall.EINVAL, secretmux.ErrInvalid},
		{syscall.ENXIO, secretmux.ErrInvalid},
		{syscall.ENODEV, secretmux.ErrInvalid},
		{errors.New("path escapes from parent"), secretmux.ErrInvalid},
		{syscall.EIO, secretmux.ErrUnavailable},
		{syscall.ESTALE, secretmux.ErrUnavailable},
		{syscall.EMFILE, secretmux.ErrUnavailable},
		{syscall.ENFILE, secretmux.ErrUnavailable},
		{syscall.ENOMEM, secretmux.ErrUnavailable},
		{syscall.ETIMEDOUT, secretmux.ErrUnavailable},
		{place.ErrNotFolder, secretmux.ErrInvalid},
		{place.Gone("folder", "/gone", secretmux.ErrNotFound), secretmux.ErrNotFound},
		{place.Gone("folder", "/gone", secretmux.ErrUnavailable), secretmux.ErrUnavailable},
		{steady.ErrDirectory, secretmux.ErrInvalid},
		{steady.ErrNotRegular, secretmux.ErrInvalid},
		{steady.ErrTooLarge, secretmux.ErrTooLarge},
		{steady.ErrChanging, secretmux.ErrUnavailable},
		{context.Canceled, nil},
		{context.DeadlineExceeded, nil},
	} {
		for _, err := range []error{c.err, &fs.PathError{Op: "openat", Path: "s", Err: c.err}, &os.SyscallError{Syscall: "read", Err: c.err}, fmt.Errorf("x: %w", c.err)} {
			class, hint := classify(err)
			if class != c.class || (class != nil) != (hint != "") { //nolint:errorlint // a class is compared as it is
				t.Errorf("%v is %v (%s), want %v", err, class, hint, c.class)
			}
		}
	}
}

func TestFailKeepsTheCause(t *testing.T) {
	p, err := New(Options{Dir: "/x"})
	if err != nil {
		t.Fatal(err)
	}
	err = p.fail("get", "s", &fs.PathError{Op: "openat", Path: "canary", Err: syscall.EACCES})
	if !errors.Is(err, secretmux.ErrDenied) || !errors.Is(err, syscall.EACCES) {
		t.Errorf("%v has lost its cause", err)
	}
	conformance.NoLeak(t, err, "canary")
	if p.fail("get", "s", nil) != nil {
		t.Error("no failure is an error")
	}
}
