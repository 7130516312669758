package main

import (
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	t.Setenv("OVERRIDE_DB_PASSWORD", "")
	var out strings.Builder
	if err := run(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	const want = `db/password [redacted] from memory: <nil>
feature/key [redacted] from memory: <nil>
absent [redacted] from  not found
   env:?prefix=OVERRIDE_ - passed
   secretmux.ProviderFunc - passed
   memory: - answers
   memory: - not reached
`
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}
