package main

import (
	"bytes"
	"testing"
)

func TestRun(t *testing.T) {
	var out bytes.Buffer
	if err := run(t.Context(), &out, t.TempDir()); err != nil {
		t.Fatal(err)
	}
	const want = `db/password is [redacted], with 7 bytes
a new db/password changed the line of DB_PASSWORD
a new db/password changed the line of sops_mac
the key of another person is denied
`
	if out.String() != want {
		t.Errorf("it printed:\n%s\nwant:\n%s", out.String(), want)
	}
}
