package systemd

import (
	"context"
	"syscall"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/claim"
	"github.com/secretmux/secretmux/providers/internal/place"
	"github.com/secretmux/secretmux/providers/internal/steady"
)

func TestClassify(t *testing.T) {
	for _, c := range []struct{ err, class error }{
		{errUnset, secretmux.ErrInvalid},
		{errRelative, secretmux.ErrInvalid},
		{errAbsent, secretmux.ErrNotFound},
		{&claim.TakenError{What: "the file", Holder: "a"}, secretmux.ErrInvalid},
		{place.Gone("folder", "/gone", secretmux.ErrUnavailable), secretmux.ErrUnavailable},
		{place.ErrNotFolder, secretmux.ErrInvalid},
		{steady.ErrTooLarge, secretmux.ErrTooLarge},
		{syscall.ENOENT, secretmux.ErrNotFound},
		{syscall.EACCES, secretmux.ErrDenied},
		{syscall.EIO, secretmux.ErrUnavailable},
		{context.Canceled, nil},
	} {
		class, hint := classify(c.err)
		if class != c.class || (class != nil) != (hint != "") { //nolint:errorlint // a class is compared as it is
			t.Errorf("%v is %v (%s), want %v", c.err, class, hint, c.class)
		}
	}
}
