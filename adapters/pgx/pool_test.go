package pgxsecret_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/dbsql"
	pgxsecret "github.com/secretmux/secretmux/adapters/pgx"
	"github.com/secretmux/secretmux/testing/conformance"
)

// Nothing listens there; making a pool does not connect.
const nowhere = "host=127.0.0.1 port=1 sslmode=disable connect_timeout=2"

func TestBadInputAtConstruction(t *testing.T) {
	good := `{"username":"app","password":"` + canary + `"}`
	panics := func(*pgx.ConnConfig, secretmux.Secret) error { panic(canary) }
	quotes := func(_ *pgx.ConnConfig, s secretmux.Secret) error { return errors.New("can't parse " + s.Reveal()) }
	tests := map[string]struct {
		value string
		cfg   *pgxpool.Config
		set   pgxsecret.Apply
		o     dbsql.Options
	}{
		"only a password":                 {canary, poolConfig(t, nowhere), nil, dbsql.Options{}},
		"a document and no config":        {good, nil, nil, dbsql.Options{}},
		"an Apply and no config":          {good, nil, panics, dbsql.Options{}},
		"a config from nowhere":           {good, &pgxpool.Config{}, nil, dbsql.Options{}},
		"a config that is half made":      {good, &pgxpool.Config{ConnConfig: poolConfig(t, nowhere).ConnConfig}, nil, dbsql.Options{}},
		"bad options":                     {good, poolConfig(t, nowhere), nil, dbsql.Options{Patience: -1}},
		"an Apply that panics":            {good, poolConfig(t, nowhere), panics, dbsql.Options{}},
		"an Apply that quotes":            {good, poolConfig(t, nowhere), quotes, dbsql.Options{}},
		"a DSN with a bad pool parameter": {"postgres://app:" + canary + "@h/d?pool_max_conns=" + canary, nil, nil, dbsql.Options{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			store, _ := storeOf(t, tt.value)
			p, err := pgxsecret.NewPoolFunc(t.Context(), store, ref, tt.cfg, tt.set, tt.o)
			if !errors.Is(err, secretmux.ErrInvalid) || p != nil {
				t.Errorf("got %v, want ErrInvalid", err)
			}
			conformance.NoLeak(t, err, canary)
			if st, _ := store.StatusOf(ref); st.Watched {
				t.Error("the secret is watched still")
			}
		})
	}
	t.Run("nil store", func(t *testing.T) {
		if _, err := pgxsecret.NewPool(t.Context(), nil, ref, poolConfig(t, nowhere), dbsql.Options{}); !errors.Is(err, secretmux.ErrInvalid) {
			t.Errorf("got %v", err)
		}
		if _, err := pgxsecret.Connector(t.Context(), nil, ref, nil, dbsql.Options{}); !errors.Is(err, secretmux.ErrInvalid) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("connector, document, no config", func(t *testing.T) {
		store, _ := storeOf(t, good)
		_, err := pgxsecret.Connector(t.Context(), store, ref, nil, dbsql.Options{})
		if !errors.Is(err, secretmux.ErrInvalid) || !strings.Contains(err.Error(), "no host is given") {
			t.Errorf("got %v", err)
		}
		conformance.NoLeak(t, err, canary)
	})
}

// The caller's config is copied.
func TestTheConfigIsNotChanged(t *testing.T) {
	cfg := poolConfig(t, nowhere)
	cfg.ConnConfig.User, cfg.ConnConfig.Password = "before", "before"
	store, _ := storeOf(t, `{"username":"app","password":"p"}`)
	p, err := pgxsecret.NewPool(t.Context(), store, ref, cfg, dbsql.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Ping(t.Context()); err == nil {
		t.Error("port 1 has a listener")
	}
	if err := errors.Join(p.Close(), p.Close()); err != nil {
		t.Error(err)
	}
	if cfg.ConnConfig.User != "before" || cfg.ConnConfig.Password != "before" || cfg.BeforeConnect != nil || cfg.PrepareConn != nil {
		t.Error("the config was changed")
	}
	if err := p.Ping(t.Context()); !errors.Is(err, secretmux.ErrClosed) {
		t.Errorf("after Close: %v, want ErrClosed", err)
	}
}

// An address that does not answer is not a refused login, and pgx's own error
// comes back.
func TestAnErrorThatIsNoRefusalIsPgxs(t *testing.T) {
	store, vault := storeOf(t, `{"username":"app","password":"`+canary+`"}`)
	p, err := pgxsecret.NewPool(t.Context(), store, ref, poolConfig(t, nowhere), dbsql.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	vault.ResetCalls()
	_, err = p.Exec(t.Context(), "select 1")
	if err == nil || errors.Is(err, secretmux.ErrUnauthenticated) || vault.Reads(ref) != 0 {
		t.Errorf("got %v after %d reads", err, vault.Reads(ref))
	}
	conformance.NoLeak(t, err, canary)
}
