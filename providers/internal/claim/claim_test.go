package claim_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/secretmux/secretmux/providers/internal/claim"
)

func TestFirstOfTwoNamesKeepsTheKey(t *testing.T) {
	var n claim.Names
	for _, name := range []string{"db/password", "db/password"} {
		if err := n.Take("the variable DB_PASSWORD", "DB_PASSWORD", name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"db-password", "DB_PASSWORD", "db password", "db\u200bpassword"} {
		var taken *claim.TakenError
		err := n.Take("the variable DB_PASSWORD", "DB_PASSWORD", name)
		if !errors.As(err, &taken) || taken.Holder != "db/password" || !strings.Contains(err.Error(), `"db/password"`) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if err := n.Take("the variable OTHER", "OTHER", "other"); err != nil {
		t.Errorf("another key: %v", err)
	}
	if holder, ok := n.Holder("DB_PASSWORD"); !ok || holder != "db/password" {
		t.Errorf("the holder is %q, %v", holder, ok)
	}
	if holder, ok := n.Holder("NONE"); ok {
		t.Errorf("%q holds a key that was never taken", holder)
	}
}

// A name that an attacker or a mistake made odd does not block a better one.
func TestPlainNamesTakeOver(t *testing.T) {
	for _, odd := range []string{
		"db\u200bpassword", "db\u202epassword", "db\u00a0password", "db\ufeffpassword", "db\u00adpassword", "db\u2060password",
		"db password", "db:password", "db+password", "db@password", "db\u00e9password", "db\u5bc6password",
	} {
		var n claim.Names
		if err := n.Take("K", "K", odd); err != nil {
			t.Errorf("%q, which came first: %v", odd, err)
		}
		if err := n.Take("K", "K", "db/password"); err != nil {
			t.Errorf("after %q: %v", odd, err)
		}
		if err := n.Take("K", "K", odd); err == nil {
			t.Errorf("%q is another name of a plain one's key", odd)
		}
		if err := n.Take("K", "K", "db/password"); err != nil {
			t.Errorf("after %q tried again: %v", odd, err)
		}
		if holder, _ := n.Holder("K"); holder != "db/password" {
			t.Errorf("the holder is %q", holder)
		}
	}
	var n claim.Names
	for _, name := range []string{"db\u200bpassword", "db password", "db/password"} { // each name is better than the one before
		if err := n.Take("K", "K", name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	if err := n.Take("K", "K", "db password"); err == nil {
		t.Error("a name that was replaced is answered")
	}
}

// A character that makes a text hard to read is shown as its code.
func TestTakenErrorQuotes(t *testing.T) {
	for _, holder := range []string{"db\u202epassword", "db\u200bpassword", "a\"b"} {
		e := &claim.TakenError{What: "the key K", Holder: holder}
		for _, text := range []string{e.Error(), e.Hint()} {
			if strings.Contains(text, holder) {
				t.Errorf("%q is not quoted in %q", holder, text)
			}
		}
	}
}

func TestOneOfManyAtOnceWins(t *testing.T) {
	var (
		n    claim.Names
		wg   sync.WaitGroup
		wins atomic.Int32
	)
	for _, name := range []string{"a/b/c", "a_b/c", "a/b_c", "a_b_c"} {
		wg.Go(func() {
			if n.Take("K", "K", name) == nil {
				wins.Add(1)
			}
		})
	}
	wg.Wait()
	if wins.Load() != 1 {
		t.Errorf("%d names took the key", wins.Load())
	}
}
