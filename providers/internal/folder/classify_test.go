package folder

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/steady"
)

// The errors of the system are in the table of package file. These are the errors
// of this package.
func TestClassify(t *testing.T) {
	for _, c := range []struct {
		err, class error
		hint       string
	}{
		{errHidden, secretmux.ErrInvalid, "belong to the mount"},
		{errNotLocal, secretmux.ErrInvalid, "reserved names"},
		{errOtherDevice, secretmux.ErrUnavailable, "missing=absent"},
		{errOtherFolder, secretmux.ErrUnavailable, "mount the volume again"},
		{errDataGone, secretmux.ErrUnavailable, "mount the volume again"},
		{errDataBroken, secretmux.ErrUnavailable, "mount the volume again"},
		{steady.ErrUTF16, secretmux.ErrInvalid, "trim=none"},
		{steady.ErrFIFO, secretmux.ErrInvalid, "pipes"},
	} {
		for _, err := range []error{c.err, fmt.Errorf("x: %w", c.err)} {
			class, hint := Classify(err)
			if class != c.class || !strings.Contains(hint, c.hint) { //nolint:errorlint // a class is compared as it is
				t.Errorf("%v is %v (%s), want %v", err, class, hint, c.class)
			}
		}
	}
	if absent(io.EOF) || absent(errors.New("x")) {
		t.Error("an end is taken for absence")
	}
}
