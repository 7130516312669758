package main

import (
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	t.Setenv("DB_PASSWORD", "") // an empty variable is an absent one
	const where = "from memory:?document=orders&prefix=prod%2F\n"
	want := "db/user         [redacted] of 3 bytes " + where +
		"db/password     [redacted] of 6 bytes " + where +
		"payments/token  [redacted] of 5 bytes " + where +
		"limits#rate     [redacted] of 2 bytes " + where +
		"1 call for all of them\nsmtp/password is not found\n"
	if got := output(t); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	t.Setenv("DB_PASSWORD", "in the environment")
	if got := output(t); !strings.Contains(got, "db/password     [redacted] of 18 bytes from env:\n") {
		t.Errorf("the environment does not come first:\n%s", got)
	}
}

func output(t *testing.T) string {
	t.Helper()
	var out strings.Builder
	if err := run(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
