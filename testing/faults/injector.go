package faults

import (
	"encoding/binary"
	"errors"
	"hash/fnv"
	"math"
	"slices"
	"sync"

	"github.com/secretmux/secretmux"
)

// Options are the options of an Injector. The zero Options inject nothing.
type Options struct {
	// Rules are injected from the start.
	Rules []Rule
	// Seed decides which calls a Rule with a Rate hits. Zero is an ordinary seed too.
	Seed uint64
}

// Injector holds rules and applies them to the providers that it wraps. All of these
// providers share the rules and their steps. Make one with [New]. It is safe for
// concurrent use.
type Injector struct {
	seed  uint64
	mu    sync.Mutex
	rules []*progress
}

// progress is a rule, with the number of its next step.
type progress struct {
	Rule
	place int
	next  int            // the index of the next step
	seen  map[string]int // calls for each name, hit or not
}

// New returns an Injector. It panics in the same cases as [Injector.Inject].
func New(opts Options) *Injector {
	f := &Injector{seed: opts.Seed}
	f.Inject(opts.Rules...)
	return f
}

// Inject replaces all rules. The new rules begin with their first steps. Running
// calls keep the step that they began with. If several rules hit a call, the first
// rule with names decides. If none has names, the first rule decides. If a Rate is not
// between 0 and 1, Inject panics with an error of the class ErrInvalid, because that is a
// mistake in the test.
func (f *Injector) Inject(rules ...Rule) {
	fresh := make([]*progress, len(rules))
	for i, r := range rules {
		if math.IsNaN(r.Rate) || r.Rate < 0 || r.Rate > 1 {
			panic(&secretmux.Error{
				Op: "inject", Class: secretmux.ErrInvalid, Err: errors.New("a Rate is not between 0 and 1"),
				Hint: "write 0.25 for a quarter of the calls",
			})
		}
		r.Names, r.Ops, r.Steps = slices.Clone(r.Names), slices.Clone(r.Ops), slices.Clone(r.Steps)
		fresh[i] = &progress{Rule: r, place: i, seen: map[string]int{}}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules = fresh
}

// Heal removes all rules. Calls that hang still hang until their ctx ends.
func (f *Injector) Heal() { f.Inject() }

// step returns what happens to a call for name, and whether a rule hits it. With
// named it looks at the rules with names, and otherwise at the rules without names.
func (f *Injector) step(op Op, name string, named bool) (Step, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.rules {
		if named != (len(r.Names) > 0) || named && !slices.Contains(r.Names, name) {
			continue
		}
		if len(r.Ops) > 0 && !slices.Contains(r.Ops, op) {
			continue
		}
		if step, ok := r.take(f.seed, name); ok {
			return step, true
		}
	}
	return Step{}, false
}

func (r *progress) take(seed uint64, name string) (Step, bool) {
	if r.next == len(r.Steps) {
		return Step{}, false
	}
	n := r.seen[name]
	r.seen[name]++
	if r.Rate > 0 && r.Rate < 1 && draw(seed, r.place, name, n) >= r.Rate {
		return Step{}, false
	}
	step := r.Steps[r.next]
	r.next++
	if r.Repeat && r.next == len(r.Steps) {
		r.next = 0
	}
	return step, true
}

// draw returns a number in [0, 1) that is the same in every run and for every order
// of calls for other names: FNV-1a over its arguments, mixed once more by the
// finaliser of SplitMix64, because with FNV only, the high bits of short inputs are
// alike.
func draw(seed uint64, place int, name string, n int) float64 {
	h := fnv.New64a()
	var b [24]byte
	binary.LittleEndian.PutUint64(b[0:], seed)
	binary.LittleEndian.PutUint64(b[8:], uint64(place)) //nolint:gosec // an index
	binary.LittleEndian.PutUint64(b[16:], uint64(n))    //nolint:gosec // a count
	_, _ = h.Write(b[:])
	_, _ = h.Write([]byte(name))
	x := h.Sum64()
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	x ^= x >> 31
	return float64(x>>11) / (1 << 53)
}
