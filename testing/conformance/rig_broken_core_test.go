package conformance

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/memory"
)

func secretOf(v string) secretmux.Secret { return secretmux.NewSecret([]byte(v), secretmux.Meta{}) }

// instead makes the double answer Get through f, which sees the good answer.
func instead(f func(name string, s secretmux.Secret, err error) (secretmux.Secret, error)) func(*testing.T, *Harness, *double) {
	return func(_ *testing.T, _ *Harness, d *double) {
		d.get = func(ctx context.Context, name string) (secretmux.Secret, error) {
			s, err := d.Provider.Get(ctx, name)
			return f(name, s, err)
		}
	}
}

// reopens gives the double an address, and what is found there.
func reopens(address string, there secretmux.Provider) func(*testing.T, *Harness, *double) {
	return func(_ *testing.T, h *Harness, d *double) {
		d.address = address
		h.Reopen = func(*testing.T, *secretmux.URI) secretmux.Provider { return there }
	}
}

// onError makes the double replace the errors of Get.
func onError(f func(name string, err error) (secretmux.Secret, error)) func(*testing.T, *Harness, *double) {
	return instead(func(name string, s secretmux.Secret, err error) (secretmux.Secret, error) {
		if err != nil {
			return f(name, err)
		}
		return s, nil
	})
}

// caches makes the double keep the first answer of each name.
func caches(_ *testing.T, _ *Harness, d *double) {
	var kept sync.Map
	d.get = func(ctx context.Context, name string) (secretmux.Secret, error) {
		if s, ok := kept.Load(name); ok {
			return s.(secretmux.Secret), nil
		}
		s, err := d.Provider.Get(ctx, name)
		if err == nil {
			kept.Store(name, s)
		}
		return s, err
	}
}

func without(h *Harness, gone ...Capability) {
	h.Capabilities = slices.DeleteFunc(h.Capabilities, func(c Capability) bool { return slices.Contains(gone, c) })
}

func brokenCore() []breakage {
	absentAs := func(err error) func(*testing.T, *Harness, *double) {
		return onError(func(string, error) (secretmux.Secret, error) { return secretmux.Secret{}, err })
	}
	return append(brokenClaims(), []breakage{
		{"description", "loses the times and the TTL", "the description is lost", func(_ *testing.T, _ *Harness, d *double) {
			first := true // the bare provider is asked first
			d.get = func(ctx context.Context, name string) (secretmux.Secret, error) {
				s, err := d.Provider.Get(ctx, name)
				if first = !first; first && err == nil {
					return secretmux.NewSecret(s.Bytes(), secretmux.Meta{Version: s.Version(), Source: s.Source()}), nil
				}
				return s, err
			}
		}},
		{"description", "has no source", "does not say where", instead(func(_ string, s secretmux.Secret, err error) (secretmux.Secret, error) {
			if err != nil {
				return s, err
			}
			meta := s.Meta()
			meta.Source = ""
			return secretmux.NewSecret(s.Bytes(), meta), nil
		})},
		{"address", "leads to an empty place", "opened again: secretmux", reopens("memory:", memory.New(nil))},
		{"address", "is not an address", "does not parse", reopens("a place", memory.New(nil))},
		{"address", "becomes another one", "becomes", reopens("memory:?prefix=", memory.New(map[string]string{"alpha": string(value("a"))}))},
		{"absent", "an empty secret for an absent one", "no error", onError(func(string, error) (secretmux.Secret, error) {
			return secretOf(""), nil
		})},
		{"absent", "the zero secret for an absent one", "no error", absentAs(nil)},
		{"absent", "denied for absent", `the class is "denied"`, absentAs(&secretmux.Error{Class: secretmux.ErrDenied})},
		{"absent", "no Error", "want a *secretmux.Error", absentAs(fmt.Errorf("get: %w", secretmux.ErrNotFound))},
		{"absent", "no class", `the class is "none"`, absentAs(&secretmux.Error{Err: errors.New("gone")})},
		{"absent", "two classes", `is also "unavailable"`, absentAs(&secretmux.Error{Class: secretmux.ErrNotFound, Err: secretmux.ErrUnavailable})},
		{"absent", "a secret and an error", "a secret beside an error", onError(func(_ string, err error) (secretmux.Secret, error) {
			return secretOf("x"), err
		})},
		{"round trip", "cuts a byte", "another value", instead(func(_ string, s secretmux.Secret, err error) (secretmux.Secret, error) {
			return secretOf(s.Reveal()[:max(0, len(s.Reveal())-1)]), err
		})},
		{"round trip", "neither", "neither a secret nor an error", instead(func(string, secretmux.Secret, error) (secretmux.Secret, error) {
			return secretmux.Secret{}, nil
		})},
		{"replaced", "caches", "another value", caches},
		{"replaced", "one version for all values", "version of the one before", instead(func(_ string, s secretmux.Secret, err error) (secretmux.Secret, error) {
			return secretmux.NewSecret(s.Bytes(), secretmux.Meta{Version: "v"}), err
		})},
		{"deleted", "caches", "no error", caches},
		{"own copy", "wipes what it gave out", "another value", wipes},
		{"concurrent", "mixes up answers", "another value", mixesUp},
	}...)
}

func brokenClaims() []breakage {
	return []breakage{
		{"interfaces", "can more than it claims", "is a secretmux.ManyGetter", func(_ *testing.T, h *Harness, _ *double) { without(h, CapMany) }},
		{"interfaces", "versions unclaimed", "is a secretmux.VersionGetter", func(_ *testing.T, h *Harness, _ *double) { without(h, CapVersions, CapPrevious) }},
		{"interfaces", "list unclaimed", "is a secretmux.Lister", func(_ *testing.T, h *Harness, _ *double) { without(h, CapList) }},
		{"interfaces", "check unclaimed", "is a secretmux.Checker", func(_ *testing.T, h *Harness, _ *double) { without(h, CapCheck) }},
		{"interfaces", "claims more than it can", "is not a secretmux.Lister", func(_ *testing.T, h *Harness, d *double) {
			h.Provider = secretmux.ProviderFunc(d.Get)
		}},
		{"unclaimed", "an empty list instead of unsupported", "List, which the harness does not claim: no error", func(_ *testing.T, h *Harness, d *double) {
			without(h, CapList)
			d.list = func(context.Context, string) iter.Seq2[secretmux.Info, error] {
				return func(func(secretmux.Info, error) bool) {}
			}
		}},
		{"unclaimed", "the latest instead of unsupported", "GetVersion, which the harness does not claim: no error", func(_ *testing.T, h *Harness, d *double) {
			without(h, CapVersions, CapPrevious)
			d.getVersion = func(ctx context.Context, name, _ string) (secretmux.Secret, error) { return d.Get(ctx, name) }
		}},
		{"unclaimed", "previous although unclaimed", "GetVersion of previous answered", func(_ *testing.T, h *Harness, d *double) {
			without(h, CapPrevious)
			d.getVersion = func(ctx context.Context, name, _ string) (secretmux.Secret, error) { return d.Get(ctx, name) }
		}},
	}
}

// wipes makes the second Get answer with zeroes, as a provider does that clears
// a buffer it still uses.
func wipes(_ *testing.T, _ *Harness, d *double) {
	var n atomic.Int32
	d.get = func(ctx context.Context, name string) (secretmux.Secret, error) {
		s, err := d.Provider.Get(ctx, name)
		if err == nil && n.Add(1) == 2 {
			s = secretmux.NewSecret(make([]byte, len(s.Bytes())), secretmux.Meta{})
		}
		return s, err
	}
}

// mixesUp makes every third Get answer for another name, as a shared buffer does.
func mixesUp(_ *testing.T, _ *Harness, d *double) {
	var n atomic.Int32
	d.get = func(ctx context.Context, name string) (secretmux.Secret, error) {
		if name == "alpha" && n.Add(1)%3 == 0 { // counted so that no schedule hides it
			name = "beta"
		}
		return d.Provider.Get(ctx, name)
	}
}
