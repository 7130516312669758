package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/steady"
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
		{errHidden, secretmux.ErrInvalid},
		{errNotLocal, secretmux.ErrInvalid},
		{errNotFolder, secretmux.ErrInvalid},
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
	p, err := New("/x", Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = p.fail("get", "s", &fs.PathError{Op: "openat", Path: "s", Err: syscall.EACCES})
	var native *fs.PathError
	if !errors.Is(err, secretmux.ErrDenied) || !errors.As(err, &native) || !errors.Is(err, syscall.EACCES) {
		t.Errorf("%v has lost its cause", err)
	}
	if p.fail("get", "s", nil) != nil {
		t.Error("no failure is an error")
	}
	if absent(io.EOF) {
		t.Error("an end is taken for absence")
	}
}
