package secretmux_test

import (
	"context"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/faults"
)

func TestStoreTTL(t *testing.T) {
	tests := []struct {
		name   string
		config string
		opts   secretmux.Options
		meta   secretmux.Meta
		want   time.Duration
	}{
		{"default", "memory:", secretmux.Options{}, secretmux.Meta{}, 5 * time.Minute},
		{"options", "memory:", secretmux.Options{TTL: time.Minute}, secretmux.Meta{}, time.Minute},
		{"provider's advice before options", "memory:", secretmux.Options{TTL: time.Hour}, secretmux.Meta{TTL: 2 * time.Second}, 2 * time.Second},
		{"link before both", "memory:?ttl=30s", secretmux.Options{TTL: time.Hour}, secretmux.Meta{TTL: 2 * time.Second}, 30 * time.Second},
		{"link before a negative one", "memory:?ttl=30s", secretmux.Options{TTL: -1}, secretmux.Meta{TTL: -1}, 30 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, secretmux.Options{}, nil)
				r.Memory.Put("a", []byte("1"), tt.meta)
				r.Reopen(tt.config, tt.opts)
				r.WantTTL("a", tt.want)
			})
		})
	}
}

// The longest times don't overflow into the shortest.
func TestStoreTTLWithoutAnEnd(t *testing.T) {
	for name, tt := range map[string]struct {
		config string
		opts   secretmux.Options
		meta   secretmux.Meta
	}{
		"options":  {"memory:", secretmux.Options{TTL: math.MaxInt64, MaxStale: math.MaxInt64}, secretmux.Meta{}},
		"link":     {"memory:?ttl=2562047h&stale=2562047h", secretmux.Options{}, secretmux.Meta{}},
		"provider": {"memory:", secretmux.Options{MaxStale: math.MaxInt64}, secretmux.Meta{TTL: math.MaxInt64}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, secretmux.Options{}, nil)
				r.Memory.Put("a", []byte("1"), tt.meta)
				r.Reopen(tt.config, tt.opts)
				for range 10 {
					r.Want("a", "1")
					r.Pass(365 * 24 * time.Hour)
				}
				if n := r.Memory.Reads("a"); n != 1 {
					t.Errorf("%d reads, want 1", n)
				}
			})
		})
	}
}

func TestStoreKeepsNothing(t *testing.T) {
	tests := []struct {
		name   string
		config string
		opts   secretmux.Options
		meta   secretmux.Meta
	}{
		{"options", "memory:", secretmux.Options{TTL: -1}, secretmux.Meta{}},
		{"ttl=0", "memory:?ttl=0", secretmux.Options{TTL: time.Hour}, secretmux.Meta{}},
		{"ttl=0s and advice", "memory:?ttl=0s", secretmux.Options{TTL: time.Hour}, secretmux.Meta{TTL: time.Hour}},
		{"provider's advice", "memory:", secretmux.Options{TTL: time.Hour}, secretmux.Meta{TTL: -1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, secretmux.Options{}, nil)
				r.Memory.Put("a", []byte(document), tt.meta)
				r.Reopen(tt.config, tt.opts)
				for range 3 {
					r.Want("a", document)
					r.Want("a#user", "ann")
				}
				if n := r.Memory.Reads("a"); n != 6 {
					t.Errorf("6 Gets made %d reads, want 6", n)
				}
				if got := r.Status(); len(got) != 0 {
					t.Errorf("Status has %d secrets, want none kept", len(got))
				}
			})
		})
	}
}

// Readers of a secret in use never wait: the refresh comes before the TTL ends.
func TestStoreRefreshesWhatIsReadInTheBackground(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{TTL: time.Minute}, map[string]string{"a": "1"})
		r.Want("a", "1")
		r.Faults.Inject(faults.Always(faults.Step{Latency: 2 * time.Second}))
		for range 600 {
			r.Pass(time.Second)
			start := time.Now()
			r.Want("a", "1")
			if waited := time.Since(start); waited > 0 {
				t.Fatalf("a reader waited %v", waited)
			}
			if age := r.StateOf("a").Age; age >= time.Minute {
				t.Fatalf("a value of age %v was served with a TTL of 1m", age)
			}
		}
		if n := r.Backend.Calls.Load(); n < 10 || n > 15 {
			t.Errorf("%d calls in 10 minutes at a TTL of one, want 10 to 15", n)
		}
	})
}

// A lease that ends before the TTL is renewed in time. One that has ended is data.
func TestStoreExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{TTL: time.Hour}, nil)
		r.Memory.Put("a", []byte("1"), secretmux.Meta{Expires: time.Now().Add(10 * time.Second)})
		r.Want("a", "1")
		r.Pass(5 * time.Second)
		r.Memory.Put("a", []byte("2"), secretmux.Meta{Expires: time.Now().Add(10 * time.Minute)})
		r.Want("a", "1")
		r.Pass(5 * time.Second)
		r.Want("a", "2")

		r.Memory.Put("b", []byte("old"), secretmux.Meta{Expires: time.Now().Add(-time.Hour)})
		r.Backend.Calls.Store(0)
		for range 100 {
			r.Want("b", "old")
			r.Pass(time.Second)
		}
		r.WantCalls(1)
		if st := r.StateOf("b"); !st.Expired || !st.Served || st.Expires.IsZero() {
			t.Errorf("Status of an expired secret is %+v, want it expired and served", st)
		}
	})
}

// A panic in a goroutine of the store would end the program: nobody could recover.
func TestAPanickingProviderIsAnError(t *testing.T) {
	p := secretmux.ProviderFunc(func(context.Context, string) (secretmux.Secret, error) { panic("canary-value") })
	s, err := secretmux.New(p, secretmux.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	_, one := s.Get(t.Context(), "a")
	_, many := s.GetAll(t.Context(), "a", "b")
	for _, err := range []error{one, many} {
		if err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("got %v, want an error without the panic's value", err)
		}
	}
}
