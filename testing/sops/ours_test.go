package sops_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretmux/secretmux/providers/age"
)

// sops opens the file that we write, and we open the file that sops makes from it.
func TestSopsOpensOurs(t *testing.T) {
	for _, kind := range []string{"x25519", "hybrid"} {
		t.Run(kind, func(t *testing.T) {
			key := must[string](t)(filepath.Abs(filepath.Join(testdata, kind+".key")))
			recipient := public(t, kind)
			o := age.Options{Kind: age.Sops, Path: filepath.Join(t.TempDir(), "ours.env"), IdentityFile: key}
			e := must[*age.Editor](t)(age.NewEditor(o, recipient))
			draft := must[*age.Draft](t)(e.Open(t.Context()))
			plain := must[[]byte](t)(os.ReadFile(filepath.Join(testdata, "plain.env")))
			ok(t, e.Save(t.Context(), draft, plain))
			wantPlain(t, key, o.Path, string(plain))

			for i := range 12 { // a list of more than ten recipients, and of fewer again
				ok(t, e.AddRecipients(t.Context(), newRecipient(t)))
				ok(t, e.Set(t.Context(), fmt.Sprintf("more/%d", i), []byte("line\nline")))
			}
			all := must[[]string](t)(e.Recipients(t.Context()))
			ok(t, e.RemoveRecipients(t.Context(), all[1], all[5]))
			ok(t, e.Reencrypt(t.Context()))
			ok(t, e.Set(t.Context(), "db/password", []byte("$new")))
			ok(t, e.Remove(t.Context(), "empty"))
			want := strings.NewReplacer("=hunter2", "=$new", "EMPTY=\n", "").Replace(string(plain))
			for i := range 12 {
				want += fmt.Sprintf("MORE_%d=line\\nline\n", i)
			}
			wantPlain(t, key, o.Path, want)

			// In the reverse direction, sops changes our file.
			run(t, key, "set", "--input-type", "dotenv", "--output-type", "dotenv", o.Path, `["DB_PASSWORD"]`, `"of sops"`)
			run(t, key, "rotate", "-i", o.Path)
			p := must[*age.Provider](t)(age.New(o))
			if s, err := p.Get(t.Context(), "db/password"); err != nil || s.Reveal() != "of sops" {
				t.Errorf("%q, %v", s.Reveal(), err)
			}
			ok(t, e.Set(t.Context(), "db/password", []byte("ours again")))
			wantPlain(t, key, o.Path, strings.Replace(want, "=$new", "=ours again", 1))
		})
	}
}

func wantPlain(t *testing.T, key, path, want string) {
	t.Helper()
	if got := run(t, key, "decrypt", path); !bytes.Equal(got, []byte(want)) {
		t.Errorf("sops decrypts it to %q, want %q", got, want)
	}
}

func newRecipient(t *testing.T) string {
	t.Helper()
	return must[interface{ String() string }](t)(generate()).String()
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
