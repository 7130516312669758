package dbsql_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/dbsql"
	"github.com/secretmux/secretmux/testing/memory"
)

// journal is a driver that records the calls of database/sql. Its connections have the
// methods of one of the types below.
type journal struct {
	calls []string
	conn  func(*journal) driver.Conn
}

func (j *journal) note(call string, args ...any) {
	j.calls = append(j.calls, fmt.Sprint(append([]any{call}, args...)...))
}

func (j *journal) Connect(context.Context) (driver.Conn, error) { return j.conn(j), nil }
func (j *journal) Driver() driver.Driver                        { return j }
func (j *journal) Open(string) (driver.Conn, error)             { return nil, errors.New("not used") }

// least has the methods that a connection must have.
type least struct{ j *journal }

func (c least) Close() error              { c.j.note("close"); return nil }
func (c least) Begin() (driver.Tx, error) { c.j.note("begin"); return nopTx{}, nil }
func (c least) Prepare(q string) (driver.Stmt, error) {
	c.j.note("prepare ", q)
	return choosy(c), nil
}

// choosy is a statement that takes arguments of a type that database/sql refuses.
type choosy struct{ j *journal }

type odd struct{}

func (s choosy) Close() error  { return nil }
func (s choosy) NumInput() int { return -1 }
func (s choosy) CheckNamedValue(v *driver.NamedValue) error {
	s.j.note("stmt check")
	if _, ok := v.Value.(odd); ok {
		v.Value = "odd"
		return nil
	}
	return driver.ErrSkip
}

func (s choosy) Exec(v []driver.Value) (driver.Result, error) {
	s.j.note("stmt exec ", v)
	return driver.ResultNoRows, nil
}

func (s choosy) Query(v []driver.Value) (driver.Rows, error) {
	s.j.note("stmt query ", v)
	return none{}, nil
}

type none struct{}

func (none) Columns() []string         { return nil }
func (none) Close() error              { return nil }
func (none) Next([]driver.Value) error { return io.EOF }

// dated runs statements like drivers from the time before contexts.
type dated struct{ least }

func (c dated) Exec(q string, v []driver.Value) (driver.Result, error) {
	c.j.note("exec ", q, v)
	if q == "skip" {
		return nil, driver.ErrSkip
	}
	return driver.ResultNoRows, nil
}

func (c dated) Query(q string, v []driver.Value) (driver.Rows, error) {
	c.j.note("query ", q, v)
	return none{}, nil
}

// onlyExec and onlyQuery have one of the two methods.
type onlyExec struct{ least }

func (c onlyExec) ExecContext(_ context.Context, q string, v []driver.NamedValue) (driver.Result, error) {
	c.j.note("exec context ", q, len(v))
	return driver.ResultNoRows, nil
}

type onlyQuery struct{ least }

func (c onlyQuery) QueryContext(_ context.Context, q string, v []driver.NamedValue) (driver.Rows, error) {
	c.j.note("query context ", q, len(v))
	return none{}, nil
}

// full has all methods.
type full struct{ least }

func (c full) Ping(context.Context) error               { c.j.note("ping"); return nil }
func (c full) ResetSession(context.Context) error       { c.j.note("reset"); return nil }
func (c full) IsValid() bool                            { c.j.note("valid"); return true }
func (c full) CheckNamedValue(*driver.NamedValue) error { c.j.note("check"); return nil }
func (c full) BeginTx(_ context.Context, o driver.TxOptions) (driver.Tx, error) {
	c.j.note("begin tx ", o)
	return nopTx{}, nil
}

func (c full) PrepareContext(_ context.Context, q string) (driver.Stmt, error) {
	c.j.note("prepare context ", q)
	return choosy{c.j}, nil
}

func (c full) ExecContext(_ context.Context, q string, v []driver.NamedValue) (driver.Result, error) {
	c.j.note("exec context ", q, len(v))
	return driver.ResultNoRows, nil
}

func (c full) QueryContext(_ context.Context, q string, v []driver.NamedValue) (driver.Rows, error) {
	c.j.note("query context ", q, len(v))
	return none{}, nil
}

// sick is never valid.
type sick struct{ least }

func (sick) IsValid() bool                      { return false }
func (sick) ResetSession(context.Context) error { return driver.ErrBadConn }

// A wrapped driver gets the calls that it gets without the wrapper, and the
// application the same errors.
func TestAWrappedDriverGetsTheSameCalls(t *testing.T) {
	conns := map[string]func(*journal) driver.Conn{
		"least":      func(j *journal) driver.Conn { return least{j} },
		"dated":      func(j *journal) driver.Conn { return dated{least{j}} },
		"only exec":  func(j *journal) driver.Conn { return onlyExec{least{j}} },
		"only query": func(j *journal) driver.Conn { return onlyQuery{least{j}} },
		"full":       func(j *journal) driver.Conn { return full{least{j}} },
		"sick":       func(j *journal) driver.Conn { return sick{least{j}} },
	}
	for name, conn := range conns {
		t.Run(name, func(t *testing.T) {
			bare, wrapped := &journal{conn: conn}, &journal{conn: conn}
			store := storeOf(t, memory.New(map[string]string{ref: "x"}))
			c, err := dbsql.New(t.Context(), store, ref, func(context.Context, secretmux.Secret) (driver.Connector, error) {
				return wrapped, nil
			}, dbsql.Options{})
			if err != nil {
				t.Fatal(err)
			}
			want, got := drive(t, sql.OpenDB(bare), bare), drive(t, sql.OpenDB(c), wrapped)
			if !slices.Equal(got, want) {
				t.Errorf("with the wrapper:\n%q\nwithout:\n%q", got, want)
			}
			if len(want) < 10 {
				t.Errorf("only %d calls: the test calls too little", len(want))
			}
		})
	}
}

// drive uses every feature of database/sql and returns the calls and errors.
func drive(t *testing.T, db *sql.DB, j *journal) []string {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	db.SetMaxOpenConns(1)
	note := func(what string, err error) { j.note(what, ": ", err) }
	note("ping", db.PingContext(ctx))
	for _, args := range [][]any{nil, {1}, {odd{}}, {sql.Named("n", 1)}} {
		_, err := db.ExecContext(ctx, "e", args...)
		note("exec", err)
		rows, err := db.QueryContext(ctx, "q", args...)
		note("query", err)
		if err == nil {
			note("rows", errors.Join(rows.Err(), rows.Close()))
		}
	}
	_, err := db.ExecContext(ctx, "skip")
	note("skip", err)
	for _, o := range []*sql.TxOptions{nil, {}, {ReadOnly: true}, {Isolation: sql.LevelSerializable}} {
		tx, err := db.BeginTx(ctx, o)
		note("begin", err)
		if err == nil {
			_, err = tx.ExecContext(ctx, "in tx")
			note("in tx", errors.Join(err, tx.Commit()))
		}
	}
	stmt, err := db.PrepareContext(ctx, "p")
	note("prepare", err)
	if err == nil {
		_, err = stmt.ExecContext(ctx, odd{})
		note("stmt", errors.Join(err, stmt.Close()))
	}
	note("close", db.Close())
	return j.calls
}

// Drivers without contexts are called after the ctx has ended, like by database/sql
// itself.
func TestEndedContextsWithDatedDrivers(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	j := &journal{conn: func(j *journal) driver.Conn { return dated{least{j}} }}
	store := storeOf(t, memory.New(map[string]string{ref: "x"}))
	c, err := dbsql.New(t.Context(), store, ref, func(context.Context, secretmux.Secret) (driver.Connector, error) { return j, nil }, dbsql.Options{})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := c.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, exec := conn.(driver.ExecerContext).ExecContext(ended, "x", nil)
	_, query := conn.(driver.QueryerContext).QueryContext(ended, "x", nil)
	_, prepare := conn.(driver.ConnPrepareContext).PrepareContext(ended, "x")
	_, begin := conn.(driver.ConnBeginTx).BeginTx(ended, driver.TxOptions{})
	for what, err := range map[string]error{"exec": exec, "query": query, "prepare": prepare, "begin": begin} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestUnwrap(t *testing.T) {
	for name, conn := range map[string]func(*journal) driver.Conn{
		"least": func(j *journal) driver.Conn { return least{j} },
		"full":  func(j *journal) driver.Conn { return full{least{j}} },
	} {
		j := &journal{conn: conn}
		store := storeOf(t, memory.New(map[string]string{ref: "x"}))
		c, err := dbsql.New(t.Context(), store, ref, func(context.Context, secretmux.Secret) (driver.Connector, error) { return j, nil }, dbsql.Options{})
		if err != nil {
			t.Fatal(err)
		}
		db := sql.OpenDB(c)
		held, err := db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		err = held.Raw(func(c any) error {
			if got, want := dbsql.Unwrap(c), any(conn(j)); got != want {
				t.Errorf("%s: got a %T, want the driver's own", name, got)
			}
			return nil
		})
		if err := errors.Join(err, held.Close(), db.Close()); err != nil {
			t.Error(err)
		}
	}
	if got := dbsql.Unwrap("x"); got != "x" {
		t.Errorf("what is not wrapped became %v", got)
	}
}
