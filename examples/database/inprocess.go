package main

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/dbsql"
)

// inProcess is a database with one user. It answers every query with 1.
type inProcess struct {
	mu       sync.Mutex
	password string
}

// loginError is its error for a refused login. It has a SQLSTATE, like PostgreSQL's.
type loginError struct{}

func (loginError) Error() string    { return "the password is wrong" }
func (loginError) SQLState() string { return "28P01" }

func (d *inProcess) user() string                { return "app" }
func (d *inProcess) close(context.Context) error { return nil }

func (d *inProcess) setPassword(_ context.Context, password string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.password = password
	return nil
}

func (d *inProcess) build() dbsql.Build {
	return func(_ context.Context, s secretmux.Secret) (driver.Connector, error) {
		_, password, ok := strings.Cut(s.Reveal(), ":")
		if !ok {
			return nil, errors.New("want user:password")
		}
		return &dialer{d, password}, nil
	}
}

type dialer struct {
	d        *inProcess
	password string
}

func (c *dialer) Driver() driver.Driver            { return c }
func (c *dialer) Open(string) (driver.Conn, error) { return nil, errors.ErrUnsupported }

// Connect takes as long as a login with SCRAM.
func (c *dialer) Connect(ctx context.Context) (driver.Conn, error) {
	if err := pause(ctx, 4*time.Millisecond); err != nil {
		return nil, err
	}
	c.d.mu.Lock()
	defer c.d.mu.Unlock()
	if c.password != c.d.password {
		return nil, loginError{}
	}
	return session{}, nil
}

type session struct{}

func (session) Prepare(string) (driver.Stmt, error) { return nil, errors.ErrUnsupported }
func (session) Begin() (driver.Tx, error)           { return nil, errors.ErrUnsupported }
func (session) Close() error                        { return nil }

func (session) QueryContext(ctx context.Context, _ string, _ []driver.NamedValue) (driver.Rows, error) {
	return &answer{}, pause(ctx, time.Millisecond)
}

type answer struct{ read bool }

func (*answer) Columns() []string { return []string{"one"} }
func (*answer) Close() error      { return nil }

func (a *answer) Next(row []driver.Value) error {
	if a.read {
		return io.EOF
	}
	a.read, row[0] = true, int64(1)
	return nil
}
