package dbsql_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/dbsql"
	"github.com/secretmux/secretmux/testing/memory"
)

// database is a database in memory: it has users with passwords, and counts.
type database struct {
	mu       sync.Mutex
	users    map[string]string
	sessions map[*session]bool
	logins   int // tried
	refused  int
	down     error         // what a login fails with
	latency  time.Duration // of a login and of a query
}

// refusal is how drivers of PostgreSQL say that a login was refused. Its text is worse
// than theirs: it quotes the password.
type refusal struct{ code, text string }

func (e *refusal) Error() string    { return e.text }
func (e *refusal) SQLState() string { return e.code }

func newDatabase(user, password string) *database {
	return &database{users: map[string]string{user: password}, sessions: map[*session]bool{}, latency: time.Millisecond}
}

func (d *database) set(user, password string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.users[user] = password
}

func (d *database) drop(user string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.users, user)
}

func (d *database) counts() (logins, refused int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.logins, d.refused
}

// open counts the sessions of a user.
func (d *database) open(password string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := 0
	for s := range d.sessions {
		if s.password == password {
			n++
		}
	}
	return n
}

// build is a Build for secrets of the form user:password.
func (d *database) build(_ context.Context, s secretmux.Secret) (driver.Connector, error) {
	user, password, ok := strings.Cut(s.Reveal(), ":")
	if !ok {
		return nil, fmt.Errorf("can't parse %q as a DSN", s.Reveal())
	}
	return &dialer{d: d, user: user, password: password}, nil
}

type dialer struct {
	d              *database
	user, password string
}

func (c *dialer) Driver() driver.Driver { return c }

func (c *dialer) Open(string) (driver.Conn, error) { return nil, errors.New("not used") }

func (c *dialer) Connect(ctx context.Context) (driver.Conn, error) {
	select {
	case <-time.After(c.d.latency):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	c.d.mu.Lock()
	defer c.d.mu.Unlock()
	c.d.logins++
	if c.d.down != nil {
		return nil, c.d.down
	}
	if want, ok := c.d.users[c.user]; !ok || want != c.password {
		c.d.refused++
		return nil, fmt.Errorf("connect: %w", &refusal{"28P01", "password " + c.password + " of " + c.user + " is wrong"})
	}
	s := &session{d: c.d, user: c.user, password: c.password}
	c.d.sessions[s] = true
	return s, nil
}

type session struct {
	d              *database
	user, password string
}

func (s *session) Prepare(string) (driver.Stmt, error) { return nil, errors.New("not used") }
func (s *session) Begin() (driver.Tx, error)           { return nopTx{}, nil }

func (s *session) Close() error {
	s.d.mu.Lock()
	defer s.d.mu.Unlock()
	delete(s.d.sessions, s)
	return nil
}

// ExecContext fails once the user is gone, as PostgreSQL does.
func (s *session) ExecContext(_ context.Context, _ string, _ []driver.NamedValue) (driver.Result, error) {
	<-time.After(s.d.latency)
	s.d.mu.Lock()
	defer s.d.mu.Unlock()
	if _, ok := s.d.users[s.user]; !ok {
		return nil, &refusal{"42501", "permission denied"}
	}
	return driver.ResultNoRows, nil
}

type nopTx struct{}

func (nopTx) Commit() error   { return nil }
func (nopTx) Rollback() error { return nil }

// rig is a connector over a database and a store in memory.
type rig struct {
	t     *testing.T
	db    *database
	vault *memory.Provider
	store *secretmux.Store
	c     *dbsql.Connector
}

const ref = "db/app"

// newRig must be called in a synctest bubble, or the store keeps time of its own.
func newRig(t *testing.T, o dbsql.Options) *rig {
	t.Helper()
	r := &rig{t: t, db: newDatabase("app", "one"), vault: memory.New(map[string]string{ref: "app:one"})}
	var err error
	if r.store, err = secretmux.New(r.vault, secretmux.Options{TTL: time.Hour}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.store.Close() })
	if r.c, err = dbsql.New(t.Context(), r.store, ref, r.db.build, o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.c.Close() })
	r.vault.ResetCalls()
	return r
}

// open returns a pool over the connector. Idle connections live on unless it says
// otherwise.
func (r *rig) open(conns int) *sql.DB {
	db := sql.OpenDB(r.c)
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	r.t.Cleanup(func() { _ = db.Close() })
	return db
}

// rotate changes the secret, and has the store read it.
func (r *rig) rotate(value string) {
	r.t.Helper()
	r.vault.Set(ref, value)
	if err := r.store.Refresh(r.t.Context(), ref); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) connect() error {
	conn, err := r.c.Connect(r.t.Context())
	if err == nil {
		_ = conn.Close()
	}
	return err
}

// use runs a statement on n connections at once.
func (r *rig) use(db *sql.DB, n int) {
	r.t.Helper()
	errs := make(chan error)
	for range n {
		go func() {
			_, err := db.ExecContext(r.t.Context(), "x")
			errs <- err
		}()
	}
	for range n {
		if err := <-errs; err != nil {
			r.t.Error(err)
		}
	}
}
