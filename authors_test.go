package secretmux_test

import (
	"errors"
	"testing"

	"github.com/secretmux/secretmux"
)

func TestInvalidSaysWhatToDo(t *testing.T) {
	err := secretmux.Invalid("open", "the region is missing", "write it after //")
	if !errors.Is(err, secretmux.ErrInvalid) {
		t.Error("not ErrInvalid")
	}
	if got, want := err.Error(), "secretmux: open: invalid: the region is missing (write it after //)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestURIWith(t *testing.T) {
	place := &secretmux.URI{Scheme: "vault", Authority: "host:8200", Path: "/kv/a,b"}
	u := place.With("namespace", "team a").With("kv", "1").With("field", "x").With("field", "")
	const want = "vault://host:8200/kv/a%2Cb?kv=1&namespace=team+a"
	if u.String() != want {
		t.Errorf("got %s, want %s", u, want)
	}
	if again, err := secretmux.ParseURI(u.String()); err != nil || again.String() != want {
		t.Errorf("read back as %v, %v", again, err)
	}
	if place.String() != "vault://host:8200/kv/a%2Cb" {
		t.Errorf("With changed the URI it was called on: %s", place)
	}
}
