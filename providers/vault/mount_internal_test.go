package vault

import (
	"context"
	"errors"
	"strconv"
	"testing"
)

// The memory for names that were read has an end. Above that, each absence needs
// its own proof, so that a name that was read is never taken for one that was not.
func TestMountForgetsNothingWhenItIsFull(t *testing.T) {
	proofs := 0
	m := newMount(func(context.Context) error { proofs++; return nil })
	for n := range 2 * maxSeen {
		m.saw(strconv.Itoa(n), "")
	}
	if len(m.seen) > maxSeen {
		t.Errorf("%d names are kept, want at most %d", len(m.seen), maxSeen)
	}
	for range 3 {
		if err := m.absent(t.Context(), "never seen", ""); !errors.Is(err, errAbsent) {
			t.Error(err)
		}
	}
	if proofs != 3 {
		t.Errorf("%d proofs, want one for each absence", proofs)
	}
}

func TestMountTellsVersionsApart(t *testing.T) {
	m := newMount(nil)
	if m.key("a", "1") == m.key("a1", "") || m.key("a", "") == m.key("a", "1") {
		t.Error("two references have one key")
	}
}
