package clouds_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
)

// roles is an explanation in one line: scheme, role and class of each link.
func roles(e secretmux.Explanation) string {
	parts := make([]string, len(e.Links))
	for i, o := range e.Links {
		scheme, _, _ := strings.Cut(o.Source, ":")
		parts[i] = fmt.Sprintf("%s %s", scheme, o.Role)
		if o.Class != nil {
			parts[i] += " (" + o.Class.Error() + ")"
		}
	}
	return strings.Join(parts, ", ")
}

func TestExplain(t *testing.T) {
	r := newRig(t, "")
	r.near.put("db/password", "s3cret-near")
	r.far.put("db/password", "s3cret-far")
	r.vault.put("db/password", "s3cret-vault")
	r.far.put("db/user", "s3cret-far")
	r.near.deny("db/host")
	r.vault.put("db/host", "s3cret-vault")

	explain := func(ref, want string) {
		t.Helper()
		e := secretmux.Explain(t.Context(), r.store, ref)
		if got := roles(e); got != want {
			t.Errorf("%s: %s, want %s", ref, got, want)
		}
		if text := fmt.Sprintf("%v %+v", e, e); strings.Contains(text, "s3cret") {
			t.Errorf("%s: the explanation holds a value", ref)
		}
	}
	explain("db/password", "env passed (not found), aws-sm answers, aws-sm shadowed, vault shadowed")
	explain("db/user", "env passed (not found), aws-sm passed (not found), aws-sm shadowed, vault passed (not found)")
	explain("db/host", "env passed (not found), aws-sm stops (denied), aws-sm not reached (not found), vault shadowed")
	t.Setenv("DB_PASSWORD", "s3cret-env")
	explain("db/password", "env answers, aws-sm shadowed, aws-sm shadowed, vault shadowed")
	r.near.fail()
	explain("db/user", "env passed (not found), aws-sm passed (unavailable), aws-sm answers, vault not reached (not found)")
}
