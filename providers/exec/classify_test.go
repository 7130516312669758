package exec

import (
	"context"
	"fmt"
	"io/fs"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/steady"
)

func TestClassify(t *testing.T) {
	for _, c := range []struct{ err, class error }{
		{errName, secretmux.ErrInvalid},
		{errOtherName, secretmux.ErrNotFound},
		{errAbsent, secretmux.ErrNotFound},
		{errNothing, secretmux.ErrUnavailable},
		{errGone, secretmux.ErrUnavailable},
		{errHeldOpen, secretmux.ErrUnavailable},
		{steady.ErrTooLarge, secretmux.ErrTooLarge},
		{steady.ErrUTF16, secretmux.ErrInvalid},
		{&exitError{code: 1}, secretmux.ErrUnavailable},
		{&exitError{code: -1}, secretmux.ErrUnavailable},
		{&startError{cause: fs.ErrPermission}, secretmux.ErrUnavailable},
		{context.Canceled, nil},
		{fmt.Errorf("x: %w", context.DeadlineExceeded), nil},
	} {
		class, hint := classify(c.err)
		if class != c.class || (class != nil) != (hint != "") { //nolint:errorlint // a class is compared as it is
			t.Errorf("%v is %v (%s), want %v", c.err, class, hint, c.class)
		}
	}
}

func TestBatchFilesAreRefused(t *testing.T) {
	for path, want := range map[string]bool{`C:\a.bat`: true, `C:\a.CMD`: true, `C:\a.cmd. `: true, `C:\a.exe`: false, `C:\bat`: false} {
		if readByShell(path, "windows") != want || readByShell(path, "linux") {
			t.Errorf("%s: want %v on Windows, and never elsewhere", path, want)
		}
	}
}
