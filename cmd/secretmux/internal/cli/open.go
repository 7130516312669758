package cli

import (
	"context"
	"os"
	"time"

	"github.com/secretmux/secretmux"
)

// open opens the chain of -c or SECRETS for a command that reads each secret
// once. Close the store.
func (s *session) open(ctx context.Context) (*secretmux.Store, error) {
	config, err := s.configString()
	if err != nil {
		return nil, err
	}
	return s.openConfig(ctx, config, secretmux.Options{TTL: -1, NegativeTTL: -1})
}

// openConfig opens another config string, or with other options.
func (s *session) openConfig(ctx context.Context, config string, opts secretmux.Options) (*secretmux.Store, error) {
	opener := secretmux.Opener{Backends: s.allowed(), Options: opts}
	return opener.Open(ctx, config)
}

// configString is what -c or SECRETS says.
func (s *session) configString() (string, error) {
	if s.config != "" {
		return s.config, nil
	}
	if config := os.Getenv("SECRETS"); config != "" {
		return config, nil
	}
	return "", usage("there is no config string", "set SECRETS or pass -c, as in -c 'env:,dotenv:.env'")
}

// allowed are the backends, with those that start programs only where --allow-exec
// was given.
func (s *session) allowed() []secretmux.Backend {
	all := append([]secretmux.Backend(nil), s.Backends...)
	for _, backend := range s.Starters {
		if !s.allowExec {
			backend = refusing(backend)
		}
		all = append(all, backend)
	}
	return all
}

func refusing(backend secretmux.Backend) secretmux.Backend {
	refused := secretmux.Backend{}
	for scheme := range backend {
		refused[scheme] = func(context.Context, *secretmux.URI) (secretmux.Provider, error) {
			return nil, secretmux.Invalid("open", "a link of "+scheme+": starts a program",
				"pass --allow-exec if you trust the config string")
		}
	}
	return refused
}

// bounded is ctx with the end that --timeout gives it. Call stop at the end.
func (s *session) bounded(ctx context.Context) (bounded context.Context, stop context.CancelFunc) {
	if s.timeout == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, time.Duration(s.timeout))
}

// withStore opens the chain, has f use it within --timeout, and closes it.
func (s *session) withStore(ctx context.Context, f func(context.Context, *secretmux.Store) error) error {
	store, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer closeStore(store)
	ctx, stop := s.bounded(ctx)
	defer stop()
	return f(ctx, store)
}

// closeStore ignores the error: what was abandoned ends with the process.
func closeStore(store *secretmux.Store) { _ = store.Close() }
