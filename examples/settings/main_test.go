package main

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/secretmux/secretmux/settings"
)

func TestRefusesToStartAndThenStarts(t *testing.T) {
	t.Setenv("SECRETS", "env:")
	t.Setenv("PORT", "Zq7xKw9v")
	t.Setenv("DB_PASSWORD", "Jj4yQz8g")
	t.Setenv("PAYMENTS_API_KEY", "")
	t.Setenv("TIMEOUT", "")
	t.Setenv("DB_HOST", "")
	err := run(t.Context())
	var problems *settings.Error
	if !errors.As(err, &problems) {
		t.Fatalf("err = %v, want problems", err)
	}
	lines := strings.Split(problems.Error(), "\n")
	if len(lines) != 3 || strings.Contains(err.Error(), "Zq7x") || strings.Contains(err.Error(), "Jj4y") {
		t.Errorf("want three lines without a value:\n%v", err)
	}

	t.Setenv("PORT", "8081")
	t.Setenv("DB_PASSWORD", "long enough by now")
	t.Setenv("PAYMENTS_API_KEY", "key")
	if err := run(t.Context()); err != nil {
		t.Errorf("with everything right: %v", err)
	}
}

func TestEnvExampleIsUpToDate(t *testing.T) {
	committed, err := os.ReadFile(".env.example")
	if err != nil {
		t.Fatal(err)
	}
	if err := settings.CheckExample[config](bytes.NewReader(committed)); err != nil {
		t.Errorf("%v; go run ./examples/settings -env-example writes it", err)
	}
}
