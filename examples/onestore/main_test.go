package main

import (
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	for _, variable := range []string{"PORT", "LOG_LEVEL", "TIMEOUT", "DB_PASSWORD"} {
		t.Setenv(variable, "")
	}
	t.Setenv("LOG_LEVEL", "debug")
	var out strings.Builder
	if err := run(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	const want = `{Port:8080 LogLevel:debug Timeout:5s DB:{Password:[redacted]}}
the cloud was asked for 1 secret, in 1 call
port: env: - passed
port: memory:?only=db%2F%2A+payments%2F%2A%2A - not asked
`
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}
