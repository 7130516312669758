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
	const want = `db/password  use it
feature/key  take the default, or leave the feature off: it is provably absent
old/token    tell the operator: it was taken away
role         tell the operator: it was taken away
region       answer 503, and ask again at the next request: the store makes the pauses
/etc/passwd  do not start: the name or the set-up is wrong
another      end the request: its caller is gone or out of time
`
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}
