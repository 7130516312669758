package conformance

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
)

// describes makes the double describe through f, which sees the good description.
func describes(f func(name string, info secretmux.Info, err error) (secretmux.Info, error)) func(*testing.T, *Harness, *double) {
	return func(_ *testing.T, _ *Harness, d *double) {
		d.describe = func(ctx context.Context, name string) (secretmux.Info, error) {
			info, err := secretmux.Describe(ctx, d.Provider, name)
			return f(name, info, err)
		}
	}
}

func brokenDescriptions() []breakage {
	says := func(change func(*secretmux.Info)) func(*testing.T, *Harness, *double) {
		return describes(func(_ string, info secretmux.Info, err error) (secretmux.Info, error) {
			change(&info)
			return info, err
		})
	}
	return []breakage{
		{"interfaces", "description unclaimed", "is a secretmux.Describer", func(_ *testing.T, h *Harness, _ *double) { without(h, CapDescribe) }},
		{"describe", "another name", "another name", says(func(i *secretmux.Info) { i.Name = "beta" })},
		{"describe", "another version", "another version", says(func(i *secretmux.Info) { i.Version = "0" })},
		{"describe", "a value", "a part of a value", says(func(i *secretmux.Info) { i.Version = string(value("x")) })},
		{"describe", "no age", "unknown", says(func(i *secretmux.Info) { i.VersionCreated = time.Time{} })},
		{"describe", "the age of the secret", "at another time", says(func(i *secretmux.Info) { i.VersionCreated = time.Unix(1, 0) })},
		{"describe fails", "absent is a class of its own", "the class is", describes(func(_ string, info secretmux.Info, err error) (secretmux.Info, error) {
			if errors.Is(err, secretmux.ErrNotFound) {
				err = &secretmux.Error{Class: secretmux.ErrDenied, Err: errors.New("no")}
			}
			return info, err
		})},
		{"describe fails", "takes any name", "want one that is", describes(func(name string, _ secretmux.Info, _ error) (secretmux.Info, error) {
			return secretmux.Info{Name: name}, nil
		})},
	}
}
