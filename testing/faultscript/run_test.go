package faultscript

import (
	"context"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
)

func TestGoodProviderPasses(t *testing.T) {
	Run(t, func(t *testing.T, f Fault) *Subject {
		s := subject(t, f, &client{})
		if f == TooLarge { // a busy machine with the race detector took over two seconds for it
			s.Timeout = 20 * time.Second
		}
		return s
	})
}

// Each provider here has one mistake, and the script must find it.
func TestBadProvidersFail(t *testing.T) {
	tests := []struct {
		name   string
		client client
		rows   []Fault
	}{
		{"retries", client{attempts: 3}, []Fault{Denied, Unauthenticated, Throttled, ServerError, Unavailable, HTML, NXDomain}},
		{"quotes the body", client{raw: true}, []Fault{Absent, Denied, Throttled, ServerError, HTML, TooLarge}},
		{"takes any answer", client{forgives: true}, []Fault{Absent, Denied, HTML, Empty, EmptyObject, TooLarge, Redirect, Backwards}},
	}
	for _, tt := range tests {
		for _, f := range tt.rows {
			t.Run(tt.name+"/"+string(f), func(t *testing.T) {
				c := tt.client
				if problems := row(t, f).try(t.Context(), subject(t, f, &c)); len(problems) == 0 {
					t.Error("the script found nothing wrong")
				}
			})
		}
	}
}

// The script finds a provider that continues after its caller has left, and a provider
// that never reaches the backend.
func TestCancelIsChecked(t *testing.T) {
	deaf := subject(t, Cancel, &client{deaf: true})
	deaf.patience = 200 * time.Millisecond
	idle := subject(t, Cancel, &client{})
	idle.Calls, idle.patience = func() int { return 0 }, 200*time.Millisecond
	quick := &Subject{Calls: func() int { return 1 }, Provider: secretmux.ProviderFunc(
		func(context.Context, string) (secretmux.Secret, error) {
			return secretmux.NewSecret(nil, secretmux.Meta{}), nil
		},
	)}
	for name, s := range map[string]*Subject{"deaf": deaf, "idle": idle, "quick": quick} {
		if problems := row(t, Cancel).try(t.Context(), s); len(problems) == 0 {
			t.Errorf("%s: the script found nothing wrong", name)
		}
	}
}

func TestSubjectsThatCannotBeUsed(t *testing.T) {
	good := func() *Subject {
		return &Subject{Provider: &client{}, Calls: func() int { return 0 }}
	}
	changed := func(change func(*Subject)) *Subject {
		s := good()
		change(s)
		return s
	}
	tests := []struct {
		name string
		s    *Subject
		ok   bool
	}{
		{"good", good(), true},
		{"nil", nil, false},
		{"no provider", changed(func(s *Subject) { s.Provider = nil }), false},
		{"no calls", changed(func(s *Subject) { s.Calls = nil }), false},
		{"not applicable", &Subject{NotApplicable: "there is no checksum"}, true},
		{"want without reason", changed(func(s *Subject) { s.Want = only(secretmux.ErrDenied) }), false},
		{"calls without reason", changed(func(s *Subject) { s.MaxCalls = 3 }), false},
		{"want with reason", changed(func(s *Subject) { s.Want, s.Reason = only(secretmux.ErrDenied), "it is so" }), true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if problem := tt.s.problem(); (problem == "") != tt.ok {
				t.Errorf("problem() = %q, want none: %v", problem, tt.ok)
			}
		})
	}
}

func row(t *testing.T, f Fault) Row {
	t.Helper()
	for _, r := range Rows() {
		if r.Fault == f {
			return r
		}
	}
	t.Fatalf("the script has no row %q", f)
	return Row{}
}
