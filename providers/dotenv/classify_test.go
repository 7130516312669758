package dotenv

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/claim"
	"github.com/secretmux/secretmux/providers/internal/place"
	"github.com/secretmux/secretmux/providers/internal/steady"
)

func TestClassify(t *testing.T) {
	path := func(err error) error { return &fs.PathError{Op: "open", Path: "canary", Err: err} }
	tests := []struct {
		err  error
		want error
	}{
		{path(syscall.EACCES), secretmux.ErrDenied},
		{path(syscall.EPERM), secretmux.ErrDenied},
		{path(syscall.ENOTDIR), secretmux.ErrInvalid},
		{path(syscall.ELOOP), secretmux.ErrInvalid},
		{path(syscall.ENAMETOOLONG), secretmux.ErrInvalid},
		{path(syscall.EIO), secretmux.ErrUnavailable},
		{path(syscall.EMFILE), secretmux.ErrUnavailable},
		{path(syscall.ESTALE), secretmux.ErrUnavailable},
		{steady.ErrChanging, secretmux.ErrUnavailable},
		{steady.ErrTooLarge, secretmux.ErrTooLarge},
		{steady.ErrNotRegular, secretmux.ErrInvalid},
		{steady.ErrDirectory, secretmux.ErrInvalid},
		{place.ErrNotFolder, secretmux.ErrInvalid},
		{place.Gone("file", "canary", secretmux.ErrNotFound), secretmux.ErrNotFound},
		{place.Gone("file", "canary", secretmux.ErrUnavailable), secretmux.ErrUnavailable},
		{errOpenToOthers, secretmux.ErrInvalid},
		{&absentError{key: "A"}, secretmux.ErrNotFound},
		{&claim.TakenError{What: "the key A", Holder: "a"}, secretmux.ErrInvalid},
		{&lineError{line: 1, problem: errors.New("x")}, secretmux.ErrInvalid},
		{&lineError{line: 1, problem: steady.ErrTooLarge}, secretmux.ErrTooLarge},
		{context.Canceled, nil},
		{fmt.Errorf("x: %w", context.DeadlineExceeded), nil},
	}
	p := &Provider{}
	for _, tt := range tests {
		err := p.fail("get", "a", tt.err)
		if got := secretmux.ClassOf(err); got != tt.want {
			t.Errorf("class of %v: %v, want %v", tt.err, got, tt.want)
		}
	}
}
