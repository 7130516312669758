package secretmux_test

import (
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/faults"
)

// wantTTL checks that a read of ref is served for ttl and not for longer, when
// nobody reads it in between.
func (r *rig) wantTTL(ref string, ttl time.Duration) {
	r.t.Helper()
	get := func() {
		r.t.Helper()
		if _, err := r.Get(r.t.Context(), ref); err != nil {
			r.t.Errorf("Get(%q): %v", ref, err)
		}
	}
	r.Invalidate(ref)
	before := r.memory.Reads(ref)
	get()
	r.pass(ttl - 1)
	if n := r.memory.Reads(ref) - before; n != 1 {
		r.t.Fatalf("%d reads within a TTL of %v, want 1", n, ttl)
	}
	// The refresh falls due before the TTL ends, and only if the secret is read.
	r.pass(1)
	if n := r.memory.Reads(ref) - before; n != 1 {
		r.t.Fatalf("%d reads of an idle secret after a TTL of %v, want 1", n, ttl)
	}
	get()
	if n := r.memory.Reads(ref) - before; n != 2 {
		r.t.Errorf("%d reads after a TTL of %v, want 2", n, ttl)
	}
}

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
				r.memory.Put("a", []byte("1"), tt.meta)
				r.reopen(tt.config, tt.opts)
				r.wantTTL("a", tt.want)
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
				r.memory.Put("a", []byte("1"), tt.meta)
				r.reopen(tt.config, tt.opts)
				for range 10 {
					r.want("a", "1")
					r.pass(365 * 24 * time.Hour)
				}
				if n := r.memory.Reads("a"); n != 1 {
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
				r.memory.Put("a", []byte(document), tt.meta)
				r.reopen(tt.config, tt.opts)
				for range 3 {
					r.want("a", document)
					r.want("a#user", "ann")
				}
				if n := r.memory.Reads("a"); n != 6 {
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
		r.want("a", "1")
		r.faults.Inject(faults.Always(faults.Step{Latency: 2 * time.Second}))
		for range 600 {
			r.pass(time.Second)
			start := time.Now()
			r.want("a", "1")
			if waited := time.Since(start); waited > 0 {
				t.Fatalf("a reader waited %v", waited)
			}
			if age := r.status("a").Age; age >= time.Minute {
				t.Fatalf("a value of age %v was served with a TTL of 1m", age)
			}
		}
		if n := r.backend.calls.Load(); n < 10 || n > 15 {
			t.Errorf("%d calls in 10 minutes at a TTL of one, want 10 to 15", n)
		}
	})
}

// A lease that ends before the TTL is renewed in time. One that has ended is data.
func TestStoreExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{TTL: time.Hour}, nil)
		r.memory.Put("a", []byte("1"), secretmux.Meta{Expires: time.Now().Add(10 * time.Second)})
		r.want("a", "1")
		r.pass(5 * time.Second)
		r.memory.Put("a", []byte("2"), secretmux.Meta{Expires: time.Now().Add(10 * time.Minute)})
		r.want("a", "1")
		r.pass(5 * time.Second)
		r.want("a", "2")

		r.memory.Put("b", []byte("old"), secretmux.Meta{Expires: time.Now().Add(-time.Hour)})
		r.backend.calls.Store(0)
		for range 100 {
			r.want("b", "old")
			r.pass(time.Second)
		}
		r.wantCalls(1)
		if st := r.status("b"); !st.Expired || !st.Served || st.Expires.IsZero() {
			t.Errorf("Status of an expired secret is %+v, want it expired and served", st)
		}
	})
}
