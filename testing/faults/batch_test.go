package faults_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/faults"
)

func TestBatch(t *testing.T) {
	other := secretmux.NewSecret([]byte("other"), secretmux.Meta{})
	for what, c := range map[string]struct {
		rules []faults.Rule
		want  string // of two batches
		calls int    // batches that reached the backend
		takes time.Duration
	}{
		"none":     {nil, "1 2 not found | 1 2 not found", 2, 0},
		"one name": {[]faults.Rule{faults.Always(faults.Step{Err: secretmux.ErrDenied}, "b")}, "1 denied not found | 1 denied not found", 2, 0},
		"all names take one step": {
			[]faults.Rule{faults.Sequence(faults.Step{Err: secretmux.ErrUnavailable})},
			"unavailable unavailable unavailable | 1 2 not found", 1, 0,
		},
		"one name of its own": {
			[]faults.Rule{faults.Sequence(faults.Step{Err: secretmux.ErrUnavailable}), faults.Always(faults.Step{Secret: other}, "absent")},
			"unavailable unavailable other | 1 2 other", 1, 0,
		},
		"the slowest decides": {
			[]faults.Rule{faults.Always(faults.Step{Latency: time.Second}), faults.Always(faults.Step{Latency: time.Minute}, "b")},
			"1 2 not found | 1 2 not found", 2, 2 * time.Minute,
		},
	} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := backend()
				p := faults.New(faults.Options{Rules: c.rules}).Wrap(m)
				begin := time.Now()
				if got := batch(t, p) + " | " + batch(t, p); got != c.want {
					t.Errorf("got %q, want %q", got, c.want)
				}
				if took := time.Since(begin); took != c.takes {
					t.Errorf("took %v, want %v", took, c.takes)
				}
				if got := m.Calls(); got.GetMany != c.calls || got.Get != 0 {
					t.Errorf("calls %+v, want %d batches", got, c.calls)
				}
			})
		})
	}
}

func batch(t *testing.T, p secretmux.Provider) string {
	t.Helper()
	text := ""
	for _, r := range getMany(t.Context(), p, "a", "b", "absent") {
		if text != "" {
			text += " "
		}
		if r.Err != nil {
			text += secretmux.ClassOf(r.Err).Error()
		} else {
			text += r.Secret.Reveal()
		}
	}
	return text
}
