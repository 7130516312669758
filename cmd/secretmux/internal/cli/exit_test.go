package cli_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/cmd/secretmux/internal/cli"
	"github.com/secretmux/secretmux/providers/local"
)

func TestExitCodes(t *testing.T) {
	of := func(class error) error { return &secretmux.Error{Op: "get", Class: class} }
	many := func(errs ...error) error {
		failed := map[string]error{}
		for i, err := range errs {
			failed[fmt.Sprint(i)] = err
		}
		return &secretmux.ManyError{Failed: failed}
	}
	tests := []struct {
		name string
		err  error
		code int
	}{
		{"nothing", nil, 0},
		{"invalid", of(secretmux.ErrInvalid), 2},
		{"unsupported", of(errors.ErrUnsupported), 2},
		{"without a class", errors.New("disk full"), 2},
		{"not found", of(secretmux.ErrNotFound), 3},
		{"denied", of(secretmux.ErrDenied), 4},
		{"unauthenticated", of(secretmux.ErrUnauthenticated), 4},
		{"unavailable", of(secretmux.ErrUnavailable), 5},
		{"throttled", of(secretmux.ErrThrottled), 5},
		{"the time of --timeout has passed", &secretmux.Error{Op: "get", Err: context.DeadlineExceeded}, 5},
		{"disabled", of(secretmux.ErrDisabled), 6},
		{"corrupt", of(secretmux.ErrCorrupt), 6},
		{"too large", of(secretmux.ErrTooLarge), 6},
		{"refused", of(secretmux.ErrRefused), 6},
		{"unavailable and not found", many(of(secretmux.ErrUnavailable), of(secretmux.ErrNotFound)), 3},
		{"not found and invalid", many(of(secretmux.ErrNotFound), of(secretmux.ErrInvalid)), 2},
		{"invalid and disabled", many(of(secretmux.ErrInvalid), of(secretmux.ErrDisabled)), 6},
		{"all", many(of(secretmux.ErrInvalid), of(secretmux.ErrDisabled), of(secretmux.ErrDenied)), 4},
		{"joined", errors.Join(of(secretmux.ErrNotFound), fmt.Errorf("x: %w", of(secretmux.ErrDenied))), 4},
		{
			"the class of a failure is the class of its outermost error",
			&secretmux.Error{Op: "get", Class: secretmux.ErrUnavailable, Err: of(secretmux.ErrDenied)}, 5,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := cli.ExitCode(tt.err); got != tt.code {
				t.Errorf("exit code %d, want %d", got, tt.code)
			}
		})
	}
}

// fullDevice is what /dev/full is.
type fullDevice struct{}

func (fullDevice) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

// What can't be printed is a failure, whatever it is: a script would take the empty file
// for the answer.
func TestAFullDeviceIsAFailure(t *testing.T) {
	t.Setenv("SECRETS", "env:?keys=DB_PASSWORD")
	t.Setenv("DB_PASSWORD", canary)
	for _, args := range []string{
		"--help", "--version", "help", "help get", "get --help", "completion bash", "completion zsh", "completion fish", "completion powershell",
		"get db/password", "get db/password --reveal", "get db/password --json", "list", "list --json", "check db/password", "check --json db/password",
		"explain db/password", "explain --json db/password", "lint", "lint --json", "diff env: env:", "diff --json env: env:", "age", "age --json",
		"check-example --json " + os.DevNull,
	} {
		var out, errs bytes.Buffer
		program := cli.Program{Backends: []secretmux.Backend{local.Backend()}, In: strings.NewReader(""), Out: &out, Err: &errs}
		code := program.Run(t.Context(), strings.Fields(args))
		if out.Len() == 0 {
			continue // it has no data to print
		}
		program.Out = fullDevice{}
		if full := program.Run(t.Context(), strings.Fields(args)); full == 0 || code == 0 && !strings.Contains(errs.String(), "no space left") {
			t.Errorf("%s: %d when it could print, %d on a full device: %s", args, code, full, errs.String())
		}
	}
}
