package scan_test

import (
	"context"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/scan"
)

// Object reads the blob of the finding, whatever is in the worktree.
func TestObject(t *testing.T) {
	r := newRepo(t)
	r.write("a.txt", leak)
	r.git("add", "-A")
	r.write("a.txt", "clean\n")
	report, err := ownScanner(t).Staged(context.Background(), r.dir)
	if err != nil || len(report.Findings) != 1 {
		t.Fatalf("%+v, %v", report, err)
	}
	id := report.Findings[0].Object
	if text, err := scan.Object(context.Background(), r.dir, id, int64(len(leak))); err != nil || string(text) != leak {
		t.Errorf("got %d bytes and %v, want %d", len(text), err, len(leak))
	}
	for _, tt := range []struct {
		id    string
		limit int64
		class error
	}{
		{id, int64(len(leak)) - 1, secretmux.ErrTooLarge},
		{"0123456789012345678901234567890123456789", 100, secretmux.ErrNotFound},
		{"HEAD", 100, secretmux.ErrInvalid},
		{"", 100, secretmux.ErrInvalid},
		{"-x", 100, secretmux.ErrInvalid},
		{id + "\n" + id, 100, secretmux.ErrInvalid},
	} {
		if text, err := scan.Object(context.Background(), r.dir, tt.id, tt.limit); secretmux.ClassOf(err) != tt.class || text != nil {
			t.Errorf("Object(%q, %d) = %d bytes, %v, want %v", tt.id, tt.limit, len(text), err, tt.class)
		}
	}
}
