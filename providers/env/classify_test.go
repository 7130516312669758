package env

import (
	"bytes"
	"context"
	"io/fs"
	"syscall"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/claim"
	"github.com/secretmux/secretmux/providers/internal/steady"
)

// A test as root, or a test that may not wait, can't cause these classes with real
// files.
func TestClassify(t *testing.T) {
	path := func(err error) error {
		return &fileError{variable: "A_FILE", cause: steady.WithoutPath(&fs.PathError{Op: "open", Path: "canary", Err: err})}
	}
	tests := []struct {
		err  error
		want error
	}{
		{path(syscall.EACCES), secretmux.ErrDenied},
		{path(syscall.EPERM), secretmux.ErrDenied},
		{path(syscall.ENOENT), secretmux.ErrInvalid},
		{path(syscall.ENOTDIR), secretmux.ErrInvalid},
		{path(syscall.ELOOP), secretmux.ErrInvalid},
		{path(syscall.ENAMETOOLONG), secretmux.ErrInvalid},
		{path(syscall.EIO), secretmux.ErrUnavailable},
		{path(syscall.EMFILE), secretmux.ErrUnavailable},
		{path(syscall.ESTALE), secretmux.ErrUnavailable},
		{&fileError{variable: "A_FILE", cause: steady.ErrChanging}, secretmux.ErrUnavailable},
		{&fileError{variable: "A_FILE", cause: steady.ErrTooLarge}, secretmux.ErrTooLarge},
		{&fileError{variable: "A_FILE", cause: errUnexpanded}, secretmux.ErrInvalid},
		{&fileError{variable: "A_FILE", cause: errGone}, secretmux.ErrUnavailable},
		{&fileError{variable: "A_FILE", cause: steady.ErrDirectory}, secretmux.ErrInvalid},
		{&fileError{variable: "A_FILE", cause: steady.ErrNotRegular}, secretmux.ErrInvalid},
		{&absentError{variable: "A"}, secretmux.ErrNotFound},
		{&claim.TakenError{What: "the variable A", Holder: "a"}, secretmux.ErrInvalid},
		{&setUpError{problem: "both"}, secretmux.ErrInvalid},
		{context.Canceled, nil},
		{context.DeadlineExceeded, nil},
	}
	for _, tt := range tests {
		if got, _ := classify(tt.err); got != tt.want { //nolint:errorlint // the sentinel itself
			t.Errorf("class of %v: %v, want %v", tt.err, got, tt.want)
		}
		if bytes.Contains([]byte(tt.err.Error()), []byte("canary")) {
			t.Errorf("the error quotes the path: %v", tt.err)
		}
	}
}
