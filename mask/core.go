package mask

import (
	"crypto/sha256"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/secretmux/secretmux/internal/forms"
)

// core is the content of a Set.
type core struct {
	opts  Options
	index atomic.Pointer[index] // of all values; nil while a value is missing in it

	mu     sync.Mutex
	names  []string // of owners
	owners map[string]owner
	values map[[sha256.Size]byte]*value
	latest map[owner]*value
	// unmasked are the references whose last value has a wrong length.
	unmasked map[string]struct{}
	clock    uint64
	levels   []level // of the last index
	fresh    []*value
}

// value is one value of one reference.
type value struct {
	owner owner
	forms []forms.Form
	size  int    // of all forms
	seen  uint64 // by the core's clock
}

func newCore(opts Options) *core {
	c := &core{
		opts:     opts,
		owners:   map[string]owner{},
		values:   map[[sha256.Size]byte]*value{},
		latest:   map[owner]*value{},
		unmasked: map[string]struct{}{},
	}
	c.index.Store(&index{})
	return c
}

// add takes over text. The caller must not change it.
func (c *core) add(name string, text []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.addOne(name, text)
	forms.Leaves(text, func(field string, leaf []byte) { c.addOne(name+"#"+field, leaf) })
	c.retire()
}

func (c *core) addOne(ref string, text []byte) {
	if len(text) == 0 || slices.Contains(c.opts.Except, ref) {
		return
	}
	if len(text) < c.opts.minLength() || len(text) > MaxLength {
		c.unmasked[ref] = struct{}{}
		return
	}
	delete(c.unmasked, ref)
	c.clock++
	key := sha256.Sum256(append([]byte(ref+"\x00"), text...))
	v, known := c.values[key]
	if !known {
		v = &value{owner: c.ownerOf(ref), forms: c.formsOf(text)}
		for _, f := range v.forms {
			v.size += len(f.Text)
		}
		c.values[key] = v
		c.fresh = append(c.fresh, v)
		c.index.Store(nil)
	}
	v.seen = c.clock
	c.latest[v.owner] = v
}

func (c *core) formsOf(text []byte) []forms.Form {
	if len(text) > maxEncoded {
		return forms.Plain(text, c.opts.minLength())
	}
	return forms.Of(text, c.opts.minLength())
}

func (c *core) ownerOf(ref string) owner {
	o, ok := c.owners[ref]
	if !ok {
		o = owner(len(c.names)) //nolint:gosec // 2^31 references don't fit into memory
		c.owners[ref] = o
		c.names = append(c.names, ref)
	}
	return o
}

// retire drops superseded values if there are too many. The values that were seen
// longest ago go first. It drops a quarter more than needed, so that it does not run
// for each value.
func (c *core) retire() {
	keep := c.opts.keepOld()
	if keep < 0 || len(c.values)-len(c.latest) <= keep {
		return
	}
	var old []uint64
	for _, v := range c.values {
		if c.latest[v.owner] != v {
			old = append(old, v.seen)
		}
	}
	slices.Sort(old)
	limit := old[len(old)-keep+keep/4]
	for key, v := range c.values {
		if c.latest[v.owner] != v && v.seen < limit {
			delete(c.values, key)
		}
	}
	c.levels, c.fresh = nil, slices.Collect(maps.Values(c.values))
	c.index.Store(nil)
}
