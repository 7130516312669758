package secretmux

import (
	"context"
	"time"
)

// Store is what a service holds.
type Store struct {
	provider Provider
	timeout  time.Duration
	opts     Options
}

// New returns a Store over p.
func New(p Provider, opts Options) (*Store, error) {
	if p == nil {
		return nil, invalid("new store", "the provider is nil", "")
	}
	if err := opts.check(); err != nil {
		return nil, err
	}
	p = asLink(p, opts.Timeout)
	return &Store{provider: p, opts: opts, timeout: budget(p)}, nil
}

// Get returns the secret.
func (s *Store) Get(ctx context.Context, ref string) (Secret, error) {
	r, err := ParseRef(ref)
	if err != nil {
		return Secret{}, err
	}
	got, err := fetch(ctx, s.provider, r)
	if err != nil || r.Field == "" {
		return got, err
	}
	return got.Field(r.Field)
}

func (s *Store) getResults(ctx context.Context, names []string) ([]Result, error) {
	return getUnique(ctx, s.provider, names), nil
}

// Close closes.
func (s *Store) Close() error { return Close(s.provider) }
