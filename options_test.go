package secretmux_test

import (
	"context"
	"errors"
	"math"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/memory"
)

func TestNewRefusesBadOptions(t *testing.T) {
	tests := []struct {
		name string
		p    secretmux.Provider
		opts secretmux.Options
		ok   bool
	}{
		{"zero", memory.New(nil), secretmux.Options{}, true},
		{"nil provider", nil, secretmux.Options{}, false},
		{"nil pointer", (*memory.Provider)(nil), secretmux.Options{}, false},
		{"negative MaxStale", memory.New(nil), secretmux.Options{MaxStale: -1}, false},
		{"negative Timeout", memory.New(nil), secretmux.Options{Timeout: -1}, false},
		{"negative MaxEntries", memory.New(nil), secretmux.Options{MaxEntries: -1}, false},
		{"Jitter over a half", memory.New(nil), secretmux.Options{Jitter: 0.51}, false},
		{"Jitter that is not a number", memory.New(nil), secretmux.Options{Jitter: math.NaN()}, false},
		{"Jitter without end", memory.New(nil), secretmux.Options{Jitter: math.Inf(1)}, false},
		{"all that may be negative", memory.New(nil), secretmux.Options{TTL: -1, NegativeTTL: -1, Grace: -1, Jitter: math.Inf(-1)}, true},
		{"all at their end", memory.New(nil), secretmux.Options{
			TTL: math.MaxInt64, MaxStale: math.MaxInt64, NegativeTTL: math.MaxInt64, Timeout: math.MaxInt64,
			Grace: math.MaxInt64, Jitter: 0.5, MaxEntries: math.MaxInt,
		}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := secretmux.New(tt.p, tt.opts)
			if tt.ok {
				if err != nil {
					t.Fatal(err)
				}
				if _, err := s.Get(t.Context(), "absent"); !errors.Is(err, secretmux.ErrNotFound) {
					t.Errorf("Get failed with %v, want ErrNotFound", err)
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
				return
			}
			var e *secretmux.Error
			if s != nil || !errors.Is(err, secretmux.ErrInvalid) || !errors.As(err, &e) || e.Hint == "" {
				t.Errorf("New failed with %v, want an *Error that is ErrInvalid and says what to do", err)
			}
		})
	}
}

// The longest times don't overflow into the shortest.
func TestOptionsWithoutAnEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{
			TTL: time.Minute, MaxStale: math.MaxInt64, NegativeTTL: math.MaxInt64, Timeout: math.MaxInt64, Grace: math.MaxInt64,
		}, map[string]string{"a": "1"})
		r.LiveOf("a")
		r.WantErr("absent", secretmux.ErrNotFound)
		names := make([]string, 20) // two timeouts long
		for i := range names {
			names[i] = "x" + strconv.Itoa(i)
			r.Memory.Set(names[i], "x")
		}
		if err := r.Preload(t.Context(), names...); err != nil {
			t.Errorf("a batch failed: %v", err)
		}
		r.Fail(secretmux.ErrUnavailable)
		r.Pass(24 * time.Hour)
		r.Want("a", "1")
		r.WantErr("absent", secretmux.ErrNotFound)
		if st := r.StateOf("a"); !st.Stale || !st.Served {
			t.Errorf("Status is %+v, want a stale value served", st)
		}
		r.Faults.Heal()
		r.Memory.Put("a", []byte("old"), secretmux.Meta{Version: "0", Created: time.Now().Add(-time.Hour * 48)})
		r.Pass(10 * time.Minute)
		r.Want("a", "1") // older, for ten years
	})
}

func TestOptionsAreCopied(t *testing.T) {
	opts := secretmux.Options{TTL: -1}
	r := newRig(t, opts, map[string]string{"a": "1"})
	opts.TTL = time.Hour
	r.Want("a", "1")
	r.Want("a", "1")
	r.WantCalls(2)
}

func TestMaxEntries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		secrets := map[string]string{}
		for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "watched"} {
			secrets[name] = name
		}
		r := newRig(t, secretmux.Options{MaxEntries: 4}, secrets)
		live := r.LiveOf("watched")
		for name, value := range secrets {
			r.Want(name, value)
			r.Want(name, value)
			if n := len(r.Status()); n > 4 {
				t.Fatalf("%d secrets are kept, want at most 4", n)
			}
		}
		wantLive(t, live, "watched", "")
		if !r.StateOf("watched").Served {
			t.Error("a watched secret was dropped")
		}
	})
}

func TestJitterSpreadsRefreshes(t *testing.T) {
	next := func(jitter float64) (first, last time.Duration) {
		first = math.MaxInt64
		synctest.Test(t, func(t *testing.T) {
			for range 100 {
				r := newRig(t, secretmux.Options{TTL: 100 * time.Second, Jitter: jitter}, map[string]string{"a": "1"})
				r.LiveOf("a")
				in := time.Until(r.StateOf("a").NextRefresh)
				first, last = min(first, in), max(last, in)
			}
		})
		return first, last
	}
	if first, last := next(-1); first != 90*time.Second || last != first {
		t.Errorf("without jitter refreshes come after %v to %v, want 90s", first, last)
	}
	if first, last := next(0); first < 80*time.Second || last > 90*time.Second || last-first < 5*time.Second {
		t.Errorf("with the default jitter refreshes come after %v to %v, want them spread between 80s and 90s", first, last)
	}
	if first, last := next(0.5); first < 40*time.Second || first > 60*time.Second || last > 90*time.Second {
		t.Errorf("with a jitter of 0.5 refreshes come after %v to %v, want them spread between 40s and 90s", first, last)
	}
}

func TestOptionsThatForgotTheUnit(t *testing.T) {
	for name, opts := range map[string]secretmux.Options{
		"TTL": {TTL: 300}, "MaxStale": {MaxStale: 3600}, "NegativeTTL": {NegativeTTL: 5}, "Grace": {Grace: time.Millisecond},
		"Timeout": {Timeout: 10}, "CallbackTimeout": {CallbackTimeout: 60},
	} {
		_, err := secretmux.New(has(""), opts)
		if wantInvalid(t, err); !strings.Contains(err.Error(), "Options."+name) || !strings.Contains(err.Error(), "unit") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, opts := range []secretmux.Options{{TTL: -1}, {NegativeTTL: -1}, {Grace: -1}, {CallbackTimeout: -1}, {TTL: 10 * time.Millisecond}} {
		s := must(secretmux.New(has(""), opts))
		_ = s.Close()
	}
}

func TestAStoreThatKeepsNothingComesBeforeAdvice(t *testing.T) {
	calls := 0
	p := secretmux.ProviderFunc(func(context.Context, string) (secretmux.Secret, error) {
		calls++
		return secretmux.NewSecret([]byte("x"), secretmux.Meta{TTL: 5 * time.Minute}), nil
	})
	s, err := secretmux.New(p, secretmux.Options{TTL: -1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for range 3 {
		if _, err := s.Get(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
	}
	if calls != 3 {
		t.Errorf("%d calls for 3 Gets, want 3", calls)
	}
}
