package keys_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/adapters/keys"
)

// Fifty rotations of a single key: no token is refused within the overlap, and all are
// refused after it. The same holds for a process that starts after each rotation.
func TestSingleKeyOverlaps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const overlap = time.Hour
		r := newRig(t, newEC())
		o := keys.Options{Overlap: overlap, Previous: true}
		s := must(keys.New(t.Context(), r.Store, "k", o))
		defer func() { _ = s.Close() }()
		type issued struct {
			token
			replaced time.Time
		}
		var tokens []issued
		for range 50 {
			tok := sign(s)
			time.Sleep(40 * time.Minute)
			r.rotate(newEC())
			tokens = append(tokens, issued{tok, time.Now()})
			fresh := must(keys.New(t.Context(), openOver(t, r.memory), "k", o))
			for i, tok := range tokens[max(0, len(tokens)-4):] {
				within := time.Since(tok.replaced) < overlap
				if got := tok.good(s); got != within {
					t.Fatalf("token %d, replaced %v ago: accepted is %t", i, time.Since(tok.replaced), got)
				}
				if last := tok.replaced.Equal(time.Now()); last && !tok.good(fresh) {
					t.Fatal("a process that starts after the rotation refuses the last key")
				}
			}
			if !sign(s).good(fresh) || !sign(fresh).good(s) {
				t.Fatal("two processes don't accept each other's tokens")
			}
			_ = fresh.Close()
		}
		last := tokens[len(tokens)-1]
		time.Sleep(overlap + time.Second)
		fresh := must(keys.New(t.Context(), openOver(t, r.memory), "k", o))
		defer func() { _ = fresh.Close() }()
		if last.good(s) || last.good(fresh) {
			t.Error("a token is accepted after the overlap")
		}
		if n := len(kids(s.JWKS())); n != 1 {
			t.Errorf("%d keys are published after the overlap", n)
		}
	})
}

// Without an Overlap the replaced key verifies until the next rotation.
func TestNoOverlapIsOneRotation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, newEC())
		s := must(keys.New(t.Context(), r.Store, "k", keys.Options{}))
		defer func() { _ = s.Close() }()
		first := sign(s)
		r.rotate(newEC())
		time.Sleep(1000 * time.Hour)
		if !first.good(s) {
			t.Error("refused after one rotation")
		}
		r.rotate(newEC())
		if first.good(s) {
			t.Error("accepted after two")
		}
	})
}

// A key is published SignAfter before it signs.
func TestSignAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, newEC())
		o := keys.Options{SignAfter: 10 * time.Minute, Overlap: time.Hour, Previous: true}
		s := must(keys.New(t.Context(), r.Store, "k", o))
		defer func() { _ = s.Close() }()
		_, old, _ := s.Signer()
		time.Sleep(time.Hour)
		r.rotate(newEC())
		fresh := must(keys.New(t.Context(), openOver(t, r.memory), "k", o))
		defer func() { _ = fresh.Close() }()
		for _, s := range []*keys.Set{s, fresh} {
			published := kids(s.JWKS())
			if _, kid, _ := s.Signer(); kid != old || len(published) != 2 || !slices.Contains(published, old) {
				t.Errorf("signs with a new key at once: %t; published %d", kid != old, len(published))
			}
		}
		time.Sleep(10*time.Minute + time.Second)
		for _, s := range []*keys.Set{s, fresh} {
			if _, kid, _ := s.Signer(); kid == old {
				t.Error("still signs with the old key")
			}
		}
		time.Sleep(59 * time.Minute)
		if len(kids(s.JWKS())) != 2 {
			t.Error("the old key went before its overlap, which counts from when it stopped to sign")
		}
		time.Sleep(2 * time.Minute)
		if len(kids(s.JWKS())) != 1 {
			t.Error("the old key is still there")
		}
	})
}
