package pgxsecret

import (
	"context"
	"errors"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/dbsql"
)

// Pool is a [pgxpool.Pool] that stays logged in. It has the methods of a pgxpool.Pool.
// Methods that acquire a connection try a refused login again, by the rules of
// [dbsql.Login.Do]. Make one with [NewPool]. It is safe for concurrent use.
//
// A login that stays refused is a *[secretmux.Error] of class ErrUnauthenticated;
// errors.As finds the *[pgconn.PgError]. All other errors are pgx's own.
type Pool struct {
	login *dbsql.Login
	apply Apply
	base  *pgx.ConnConfig // for trying a value; nil if the secret has all settings

	mu     sync.Mutex
	secret secretmux.Secret // the value in use
	pool   *pgxpool.Pool    // nil while it is being made
	reset  bool
}

// NewPool reads ref and makes a pool now. It does not connect, unless cfg has MinConns.
// ctx is only for this call. The package comment describes the secret. cfg has the
// other settings and must come from [pgxpool.ParseConfig]. A nil cfg is for a secret
// that holds a DSN, which may then have pgxpool's parameters too. cfg is copied.
//
// The pool runs cfg.BeforeConnect before it sets user and password, and its own
// PrepareConn before cfg's. [dbsql.Options.AuthError] gets only errors of connecting;
// nil is right for PostgreSQL.
//
// Errors are *[secretmux.Error]: ErrInvalid for a nil store, for bad options, and for a
// value without one of the forms in the package comment. Other errors come from
// [secretmux.Store.Watch].
func NewPool(ctx context.Context, store *secretmux.Store, ref string, cfg *pgxpool.Config, o dbsql.Options) (*Pool, error) {
	return NewPoolFunc(ctx, store, ref, cfg, nil, o)
}

// NewPoolFunc is NewPool for a secret in another form, for example only a
// password:
//
//	func(cc *pgx.ConnConfig, s secretmux.Secret) error {
//		cc.Password = strings.TrimRight(s.Reveal(), "\n")
//		return nil
//	}
//
// With a nil set it behaves like NewPool.
func NewPoolFunc(
	ctx context.Context, store *secretmux.Store, ref string, cfg *pgxpool.Config, set Apply, o dbsql.Options,
) (*Pool, error) {
	p := &Pool{apply: set, reset: !o.KeepOld}
	if set == nil {
		p.apply = credential
	}
	switch {
	case cfg == nil && set != nil:
		return nil, errNowhere()
	case cfg != nil && cfg.ConnConfig == nil:
		return nil, errConfig()
	case cfg != nil:
		p.base = cfg.ConnConfig.Copy()
	}
	o.AuthError = whileConnecting(o.AuthError)
	var err error
	if p.login, err = dbsql.NewLogin(ctx, store, ref, p.use, o); err != nil {
		return nil, err
	}
	if err := p.open(ctx, cfg); err != nil {
		_ = p.login.Close()
		return nil, err
	}
	return p, nil
}

// use starts to use a new value, if it is valid.
func (p *Pool) use(_ context.Context, s secretmux.Secret) error {
	if _, err := p.configOf(s); err != nil {
		return err
	}
	p.mu.Lock()
	p.secret = s
	pool := p.pool
	p.mu.Unlock()
	if pool != nil && p.reset {
		pool.Reset()
	}
	return nil
}

func (p *Pool) configOf(s secretmux.Secret) (*pgx.ConnConfig, error) {
	if p.base == nil {
		return configOf(nil, s)
	}
	cc := p.base.Copy()
	return cc, apply(p.apply, cc, s)
}

// open makes the pool.
func (p *Pool) open(ctx context.Context, cfg *pgxpool.Config) error {
	first := p.current()
	if cfg == nil {
		var err error
		if cfg, err = pgxpool.ParseConfig(dsn(first)); err != nil {
			return secretmux.Invalid("new pool", "a parameter of the DSN that begins with pool_ is not valid", "see pgxpool.ParseConfig")
		}
	}
	cfg = cfg.Copy()
	p.hook(cfg)
	pool, err := start(ctx, cfg)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pool = pool
	if p.reset && !p.secret.Equal(first) { // use had no pool to reset
		pool.Reset()
	}
	return nil
}

// start turns a panic of pgxpool into an error.
func start(ctx context.Context, cfg *pgxpool.Config) (pool *pgxpool.Pool, err error) {
	defer func() {
		if recover() != nil {
			err = errConfig()
		}
	}()
	if pool, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return nil, errConfig()
	}
	return pool, nil
}

func errConfig() error {
	return secretmux.Invalid("new pool", "pgxpool does not accept the config", "make the config with pgxpool.ParseConfig, and set MaxConns to at least 1")
}

func (p *Pool) current() secretmux.Secret {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.secret
}

// whileConnecting restricts AuthError to errors of connecting. A query that fails with
// the same code, for example in dblink, was sent.
func whileConnecting(auth func(error) bool) func(error) bool {
	if auth == nil {
		auth = func(err error) bool {
			var answer *pgconn.PgError
			return errors.As(err, &answer) && (answer.Code == "28P01" || answer.Code == "28000")
		}
	}
	return func(err error) bool {
		var connect *pgconn.ConnectError
		return errors.As(err, &connect) && auth(err)
	}
}

// Pool returns the inner pool, for code that needs a *[pgxpool.Pool]. Its connections
// use the newest value and end like those of the Pool, but a refused login is not tried
// again.
func (p *Pool) Pool() *pgxpool.Pool { return p.pool }

// Stats returns the counts so far. Drained and Old are not counted. pgxpool's own
// counts are in [pgxpool.Pool.Stat].
func (p *Pool) Stats() dbsql.Stats {
	s := p.login.Stats()
	s.Open = int64(p.pool.Stat().TotalConns())
	return s
}

// Close closes the pool like [pgxpool.Pool.Close], which waits until all connections
// are released. It also ends the watch of the secret and the logins that wait for a
// newer value. A second Close does nothing. The error is always nil.
func (p *Pool) Close() error {
	err := p.login.Close()
	p.pool.Close()
	return err
}
