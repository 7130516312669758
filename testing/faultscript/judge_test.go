package faultscript

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
)

func TestJudge(t *testing.T) {
	denied := &secretmux.Error{Class: secretmux.ErrDenied}
	value := secretmux.NewSecret(nil, secretmux.Meta{})
	tests := []struct {
		name   string
		secret secretmux.Secret
		err    error
		calls  int
		ok     bool
	}{
		{name: "as expected", err: denied, calls: 1, ok: true},
		{name: "no error", secret: value, calls: 1},
		{name: "another class", err: &secretmux.Error{Class: secretmux.ErrNotFound}, calls: 1},
		{name: "no class", err: errors.New("denied"), calls: 1},
		{name: "a secret beside the error", secret: value, err: denied, calls: 1},
		{name: "two calls", err: denied, calls: 2},
		{name: "no call", err: denied, calls: 0},
		{name: "a leak below", err: &secretmux.Error{Class: secretmux.ErrDenied, Err: quiet{errors.New(Canary[5:12])}}, calls: 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &Subject{Calls: func() int { return tt.calls }}
			problems := Row{Denied, only(secretmux.ErrDenied), 1}.judge(s, tt.secret, tt.err)
			if (len(problems) == 0) != tt.ok {
				t.Errorf("judge() = %q, want none: %v", problems, tt.ok)
			}
		})
	}
}

// quiet hides the text of what it wraps.
type quiet struct{ err error }

func (quiet) Error() string                { return "something went wrong" }
func (q quiet) Unwrap() error              { return q.err }
func (quiet) GoString() string             { return "quiet" }
func (q quiet) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(q.Error())) }

func TestTellsApart(t *testing.T) {
	early, late := time.Unix(1, 0), time.Unix(2, 0)
	secret := func(version string, created time.Time) secretmux.Secret {
		return secretmux.NewSecret(nil, secretmux.Meta{Version: version, Created: created})
	}
	tests := []struct {
		name         string
		newer, older secretmux.Secret
		ok           bool
	}{
		{"by time", secret("b", late), secret("a", early), true},
		{"by number", secret("10", time.Time{}), secret("9", time.Time{}), true},
		{"one version", secret("a", late), secret("a", early), false},
		{"no version", secret("", late), secret("", early), false},
		{"times the wrong way", secret("b", early), secret("a", late), false},
		{"no times", secret("b", time.Time{}), secret("a", time.Time{}), false},
		{"numbers the wrong way", secret("9", time.Time{}), secret("10", time.Time{}), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if problems := tellsApart(tt.newer, tt.older); (len(problems) == 0) != tt.ok {
				t.Errorf("tellsApart() = %q, want none: %v", problems, tt.ok)
			}
		})
	}
}
