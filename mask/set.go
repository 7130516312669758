package mask

import (
	"maps"
	"slices"
	"strconv"

	"github.com/secretmux/secretmux"
)

// Set has the values to hide. Several Writers may share a Set, for example one for stdout
// and one for stderr.
//
// An old value stays in the set when its secret gets a new one, because a program may
// hold and print the old value for as long as it runs. See Options.KeepOld.
//
// Make one with [New]. A Set is safe for concurrent use. A Write masks every value that
// was added before the Write began.
//
// Printing a Set never shows a value, even if a printer uses reflection.
type Set struct {
	_    [0]func()
	core func() *core // a closure, which no reflection can look into
}

// New returns a Set that holds nothing yet.
func New(opts Options) *Set {
	opts.Except = slices.Clone(opts.Except)
	c := newCore(opts)
	return &Set{core: func() *core { return c }}
}

// Add puts the value of a secret into the set. If the value is a JSON document, Add also
// puts each text and number in it into the set, as name#field. A mask shows name. It does
// not show a name that [secretmux.ValidateName] refuses or that could end a JSON string.
// Add ignores the zero Secret and the empty value.
func (s *Set) Add(name string, secret secretmux.Secret) {
	if !secret.IsZero() {
		s.core().add(name, secret.Bytes())
	}
}

// Unmasked returns the references whose last value is not masked, because it is shorter
// than Options.MinLength or longer than MaxLength. The references are sorted. Report them
// to the user. Unmasked does not return the references in Options.Except.
func (s *Set) Unmasked() []string {
	c := s.core()
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Sorted(maps.Keys(c.unmasked))
}

// Redact returns text with all values of the set masked, exactly as a Writer would
// write it.
func (s *Set) Redact(text string) string {
	var f flow
	f.use(s.core().current())
	if f.push([]byte(text)) {
		return text
	}
	f.flush()
	return string(f.out)
}

// String says how many values the set holds.
func (s *Set) String() string {
	c := s.core()
	c.mu.Lock()
	defer c.mu.Unlock()
	return "mask.Set of " + strconv.Itoa(len(c.values)) + " values"
}
