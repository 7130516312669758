package local_test

import (
	"errors"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/foldertest"
	"github.com/secretmux/secretmux/providers/local"
)

// The commonest first mistake is a secret that no link has. The error says what each
// link needs.
func TestAbsentEverywhereSaysWhatToDo(t *testing.T) {
	file := filepath.ToSlash(filepath.Join(t.TempDir(), ".env"))
	store, err := secretmux.Open(t.Context(), "env:?prefix=HINTS_,"+foldertest.Link("dotenv", file), local.Backend())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	_, err = store.Get(t.Context(), "db/password")
	var e *secretmux.Error
	if !errors.As(err, &e) || !errors.Is(err, secretmux.ErrNotFound) {
		t.Fatalf("got %v, want ErrNotFound", err)
	}
	var told string
	for _, link := range secretmux.Explain(t.Context(), store, "db/password").Links {
		told += link.Err.Error() + "\n"
	}
	for _, want := range []string{"HINTS_DB_PASSWORD is unset", "the file does not exist", `there is no ".env" in ` + strconv.Quote(filepath.Dir(filepath.FromSlash(file)))} {
		if !strings.Contains(told, want) {
			t.Errorf("Explain says %q, want %q in it", told, want)
		}
	}
	for _, want := range []string{"set HINTS_DB_PASSWORD", ", or ", "create the file"} {
		if !strings.Contains(e.Hint, want) {
			t.Errorf("the hint is %q, want %q in it", e.Hint, want)
		}
	}
}
