package exec_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/exec"
)

// The links of docs/exec.md open, with a program in place of each of theirs.
func TestLinksOfThePage(t *testing.T) {
	page, err := os.ReadFile("../../docs/exec.md")
	must(t, err)
	dir := t.TempDir()
	self, err := os.Executable()
	must(t, err)
	links := 0
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(line, "|")
		if len(cells) < 3 || !strings.HasPrefix(strings.TrimSpace(cells[2]), "`exec:") {
			continue
		}
		links++
		link := strings.Trim(strings.TrimSpace(cells[2]), "`")
		u, err := secretmux.ParseURI(link)
		must(t, err)
		program := filepath.ToSlash(filepath.Join(dir, filepath.Base(u.Path)))
		if err := os.Symlink(self, program); err != nil && !os.IsExist(err) {
			t.Skip("this system makes no links")
		}
		u.Path = program
		store, err := secretmux.Open(t.Context(), u.String(), exec.Backend())
		must(t, err)
		must(t, store.Close())
	}
	if links < 5 {
		t.Errorf("%d links were looked at", links)
	}
}
