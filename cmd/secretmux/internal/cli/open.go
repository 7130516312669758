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

// openConfig opens any config string, with any options.
func (s *session) openConfig(ctx context.Context, config string, opts secretmux.Options) (*secretmux.Store, error) {
	opener := secretmux.Opener{Backends: s.allowed(), Options: opts}
	return opener.Open(ctx, config)
}

// configString returns the config string of -c or SECRETS.
func (s *session) configString() (string, error) {
	if s.config != "" {
		return s.config, nil
	}
	if config := os.Getenv("SECRETS"); config != "" {
		return config, nil
	}
	return "", usage("there is no config string", "set SECRETS or pass -c, as in -c 'env:,dotenv:.env'")
}

// allowed returns the backends. Those that start programs are included only with
// --allow-exec.
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
				"if you trust the config string, pass --allow-exec")
		}
	}
	return refused
}

// bounded returns ctx with the deadline of --timeout. The caller must call stop.
func (s *session) bounded(ctx context.Context) (bounded context.Context, stop context.CancelFunc) {
	if s.timeout == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, time.Duration(s.timeout))
}

// withStore opens the chain, calls f with it and closes it. The ctx of f ends after
// --timeout.
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

// closeStore ignores the error: calls that were abandoned end with the process.
func closeStore(store *secretmux.Store) { _ = store.Close() }
