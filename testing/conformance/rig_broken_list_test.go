package conformance

import (
	"context"
	"iter"
	"testing"

	"github.com/secretmux/secretmux"
)

type seq = iter.Seq2[secretmux.Info, error]

// lists makes the double list through f, which sees the good list.
func lists(f func(good seq, yield func(secretmux.Info, error) bool)) func(*testing.T, *Harness, *double) {
	return func(_ *testing.T, _ *Harness, d *double) {
		d.list = func(ctx context.Context, prefix string) seq {
			return func(yield func(secretmux.Info, error) bool) { f(secretmux.List(ctx, d.Provider, prefix), yield) }
		}
	}
}

func brokenLists() []breakage {
	return []breakage{
		{"list", "leaves one out", "does not yield alpha", lists(func(good seq, yield func(secretmux.Info, error) bool) {
			for info, err := range good {
				if info.Name != "alpha" && !yield(info, err) {
					return
				}
			}
		})},
		{"list", "a name twice", "yields a name twice", lists(func(good seq, yield func(secretmux.Info, error) bool) {
			for info, err := range good {
				for range 2 {
					if !yield(info, err) {
						return
					}
				}
			}
		})},
		{"list", "names that Get refuses", "does not answer for", lists(func(good seq, yield func(secretmux.Info, error) bool) {
			for info, err := range good {
				if !yield(info, err) {
					return
				}
			}
			yield(secretmux.Info{Name: "..data"}, nil)
		})},
		{"list", "a value", "yields a part of a value", lists(func(good seq, yield func(secretmux.Info, error) bool) {
			for info, err := range good {
				info.Version = string(value("x"))
				if !yield(info, err) {
					return
				}
			}
		})},
		{"list", "deleted secrets", "a deleted secret", func(_ *testing.T, _ *Harness, d *double) {
			seen := map[string]bool{}
			d.list = func(ctx context.Context, prefix string) seq {
				return func(yield func(secretmux.Info, error) bool) {
					for info := range secretmux.List(ctx, d.Provider, prefix) {
						seen[info.Name] = true
					}
					for name := range seen {
						if !yield(secretmux.Info{Name: name}, nil) {
							return
						}
					}
				}
			}
		}},
		{"list by prefix", "ignores it", "without the prefix", func(_ *testing.T, _ *Harness, d *double) {
			d.list = func(ctx context.Context, _ string) seq { return secretmux.List(ctx, d.Provider, "") }
		}},
		{"list by prefix", "only whole segments", "does not yield it", func(_ *testing.T, _ *Harness, d *double) {
			d.list = func(ctx context.Context, prefix string) seq {
				return func(yield func(secretmux.Info, error) bool) {
					for info, err := range secretmux.List(ctx, d.Provider, prefix) {
						if (prefix == "" || info.Name == prefix) && !yield(info, err) {
							return
						}
					}
				}
			}
		}},
		{"list ends early", "goes on", "yields 3 times", lists(func(good seq, yield func(secretmux.Info, error) bool) {
			for info, err := range good {
				yield(info, err)
			}
		})},
		{"list ends early", "ignores ctx", "List with a context that ended: no error", func(t *testing.T, _ *Harness, d *double) {
			d.list = func(_ context.Context, prefix string) seq { return secretmux.List(t.Context(), d.Provider, prefix) }
		}},
		{"list ends early", "goes on after an error", "goes on after an error", lists(func(good seq, yield func(secretmux.Info, error) bool) {
			for info, err := range good {
				if !yield(info, err) || err != nil && !yield(info, err) {
					return
				}
			}
		})},
	}
}
