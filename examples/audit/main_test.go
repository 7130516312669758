package main

import (
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	var out strings.Builder
	if err := run(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	const want = `level=INFO msg="secret read" ref=db/password source=memory: version=1 outcome=ok cached=false user="user 7"
level=INFO msg="secret read" ref=db/password source=memory: version=1 outcome=ok cached=true user="user 7"
level=WARN msg="secret read" ref=db/admin source=memory: version="" outcome="not found" cached=false user="user 7"
level=WARN msg="secret event" event=gone ref=db/password source=memory: version="" outcome=disabled
`
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}
