// Package claim prevents two names from meaning one key of a backend that can't tell
// them apart.
package claim

import (
	"strconv"

	"github.com/secretmux/secretmux"
)

// Names remembers the name by which each key was asked for. Another name with the
// same key is refused: otherwise two secrets that share a key by accident would look
// like one.
//
// The first name keeps the key, but only against names that are as odd as it is or
// odder: a name with an invisible character, which an attacker or a mistake asked for
// first, must not block a plain one for ever. The zero Names is ready for use. It is
// safe for concurrent use and must not be copied. It holds at most three names a key,
// and at most as many as secretmux.Claims holds.
type Names struct{ claims secretmux.Claims }

// TakenError says that a key belongs to another name.
type TakenError struct {
	// What describes the key, as in "the variable DB_PASSWORD". It has only visible
	// characters.
	What string
	// Holder is the name that the key belongs to.
	Holder string
}

// Error quotes the other name, because it may have characters that change a terminal.
func (e *TakenError) Error() string {
	return e.What + " belongs to the name " + strconv.Quote(e.Holder)
}

// Hint says what to write.
func (e *TakenError) Hint() string {
	return "ask for this secret as " + strconv.Quote(e.Holder) + " everywhere, or give the two secrets names that differ in more than punctuation and case"
}

// Take claims key for name. If another name holds the key, it returns a *TakenError,
// which calls the key what. Claim only keys that exist, because other keys would take
// memory for nothing.
func (n *Names) Take(what, key, name string) error {
	own := oddity(name)
	for o := plain; o <= own; o++ {
		if o == own && n.claims.Take(slot(o, key), name) == nil {
			return nil
		}
		if holder, held := n.claims.Holder(slot(o, key)); held {
			return &TakenError{What: what, Holder: holder}
		}
	}
	return nil
}

// Holder returns the name that holds key, and whether there is one.
func (n *Names) Holder(key string) (name string, ok bool) {
	for o := plain; o <= hidden; o++ {
		if name, ok = n.claims.Holder(slot(o, key)); ok {
			return name, true
		}
	}
	return "", false
}

// slot is the key under which claims keeps the name with this oddity.
func slot(o int, key string) string { return strconv.Itoa(o) + ":" + key }

// These are the degrees of oddity of a name.
const (
	plain   = iota // letters and digits of ASCII, and / _ - .
	visible        // also other visible characters
	hidden         // also invisible characters
)

func oddity(name string) int {
	odd := plain
	for _, r := range name {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '/', r == '_', r == '-', r == '.':
		case strconv.IsPrint(r):
			odd = max(odd, visible)
		default:
			return hidden
		}
	}
	return odd
}
