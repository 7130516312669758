package settings_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/local"
	"github.com/secretmux/secretmux/settings"
)

// A file or folder that is missing is one cause, whichever link of a chain it belongs to,
// and what would set each field is told beside it. An absent name of a place that is
// there is each field's own.
func TestAMissingPlaceIsOneBlock(t *testing.T) {
	dir := filepath.ToSlash(t.TempDir())
	if err := os.WriteFile(dir+"/ok.env", []byte("X=1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	type config struct{ DBUser, DBPassword, API string }
	for link, c := range map[string]struct {
		blocks int
		want   []string
	}{
		"dotenv:@/.enx":                               {1, []string{`".enx"`}},
		"env:?prefix=ZZ_,dotenv:@/.enx":               {1, []string{`".enx"`, "set ZZ_DB_USER", "set ZZ_API"}},
		"dotenv:@/.enx,env:?prefix=ZZ_":               {1, []string{`".enx"`, "set ZZ_DB_USER"}},
		"dotenv:@/ok.env,dotenv:@/.enx":               {1, []string{`".enx"`, "add DB_USER= to the file"}},
		"env:?prefix=ZZ_,dotenv:@/.enx,dotenv:@/.eny": {1, []string{`".enx"`, `".eny"`, "set ZZ_DB_PASSWORD"}},
		"env:?prefix=ZZ_,file:@/no?missing=absent":    {1, []string{`"no"`, "set ZZ_DB_USER"}},
		"env:?prefix=ZZ_,file:@/no":                   {1, []string{"unavailable", `"no"`}},
		"dotenv:@/.enx?only=db_*,env:?prefix=ZZ_":     {2, []string{`".enx"`, "set ZZ_DB_USER", "set ZZ_API"}},
		"env:?prefix=ZZ_,file:@":                      {3, []string{"set ZZ_DB_USER", "set ZZ_API"}},
		"env:?prefix=ZZ_,dotenv:@/ok.env":             {3, []string{"set ZZ_DB_USER", "set ZZ_API"}},
		"file:@":                                      {3, nil},
	} {
		store, err := secretmux.Open(t.Context(), strings.ReplaceAll(link, "@", "//"+dir), local.Backend())
		if err != nil {
			t.Fatal(err)
		}
		_, err = settings.Load[config](t.Context(), store, settings.Options{})
		_ = store.Close()
		if problems := problemsIn(t, err); len(problems) != 3 {
			t.Errorf("%s: %d problems, want one a field", link, len(problems))
		}
		text := err.Error()
		if n := strings.Count(text, "settings: "); n != c.blocks {
			t.Errorf("%s: %d blocks, want %d:\n%s", link, n, c.blocks, text)
		}
		for _, want := range c.want {
			if strings.Count(text, want) != 1 {
				t.Errorf("%s: want %q once in\n%s", link, want, text)
			}
		}
	}
}
