package secretmux

import (
	"errors"
	"strconv"
	"strings"
	"testing"
)

func TestClaims(t *testing.T) {
	var c Claims
	for range 2 {
		if err := c.Take("DB_PASSWORD", "db/password"); err != nil {
			t.Fatal(err)
		}
	}
	err := c.Take("DB_PASSWORD", "db.password")
	if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "db/password") {
		t.Errorf("a second name: %v, want ErrInvalid that names the first", err)
	}
	if holder, ok := c.Holder("DB_PASSWORD"); !ok || holder != "db/password" {
		t.Errorf("the holder is %q, %v", holder, ok)
	}
	if _, ok := c.Holder("OTHER"); ok {
		t.Error("a key that nobody took has a holder")
	}
}

func TestClaimsAreBounded(t *testing.T) {
	var c Claims
	for i := range maxClaims + 1 {
		if err := c.Take(strconv.Itoa(i), "first"); err != nil {
			t.Fatal(err)
		}
	}
	if len(c.by) != maxClaims {
		t.Errorf("it remembers %d keys", len(c.by))
	}
	if c.Take("0", "second") == nil || c.Take("new", "second") != nil {
		t.Error("what it remembers is wrong")
	}
}
