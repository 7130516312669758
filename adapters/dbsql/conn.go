package dbsql

import (
	"context"
	"database/sql/driver"
	"errors"
	"time"
)

// conn is a driver's connection that knows when it has to be closed. database/sql never
// uses a connection twice at the same time.
//
// It has those optional methods for which a missing method means the same to
// database/sql as the answer of this one. conn_exec.go has the other methods, which run
// statements.
type conn struct {
	driver.Conn
	owner *Connector
	from  *source
	lease *Lease

	used    bool      // since it was opened
	drained bool      // whether it was counted as drained
	vouched time.Time // when IsValid last accepted it
}

var (
	_ driver.SessionResetter    = (*conn)(nil)
	_ driver.Validator          = (*conn)(nil)
	_ driver.Pinger             = (*conn)(nil)
	_ driver.ConnPrepareContext = (*conn)(nil)
	_ driver.ConnBeginTx        = (*conn)(nil)
	_ driver.NamedValueChecker  = (*conn)(nil)
)

// handover is how long a connection stays good after IsValid has accepted it, because
// it is then on its way to a waiting caller. See ResetSession.
const handover = 100 * time.Millisecond

func (c *Connector) wrap(inner driver.Conn, from *source, began time.Time) driver.Conn {
	c.open.Add(1)
	from.conns.Add(1)
	return capable(&conn{Conn: inner, owner: c, from: from, lease: c.login.Opened(from.secret, began)})
}

// stale reports whether the connection has to be closed.
func (c *conn) stale() bool { return c.owner.replaced(c.from) || c.lease.Over() }

func (c *conn) drain() {
	if !c.drained {
		c.drained = true
		c.owner.login.counters.drained.Add(1)
	}
}

// IsValid is called when the connection is returned, before a waiting caller gets it.
func (c *conn) IsValid() bool {
	if v, ok := c.Conn.(driver.Validator); ok && !v.IsValid() {
		return false
	}
	if c.stale() {
		c.drain()
		return false
	}
	c.vouched = time.Now()
	return true
}

// ResetSession is called before a connection is used again.
//
// After [driver.ErrBadConn] database/sql takes another connection, but only twice. Then
// it asks for a new one, and if the pool is full it gets a connection that was just
// returned. So a connection that IsValid accepted a moment ago is not refused here. It
// serves once more and is closed when it is returned.
func (c *conn) ResetSession(ctx context.Context) error {
	if c.stale() && time.Since(c.vouched) > handover {
		c.drain()
		return driver.ErrBadConn
	}
	if r, ok := c.Conn.(driver.SessionResetter); ok {
		return r.ResetSession(ctx)
	}
	return nil
}

// begin is called before each use. ResetSession is not called before the first use, and
// a connection may have waited for that for long, because the caller for whom it was
// opened gave up. Nothing was sent, so database/sql may take another connection.
func (c *conn) begin() error {
	if !c.used {
		c.used = true
		if c.lease.ended() {
			c.drain()
			return driver.ErrBadConn
		}
	}
	return nil
}

func (c *conn) Close() error {
	err := c.Conn.Close()
	if c.from != nil {
		c.owner.open.Add(-1)
		c.from.conns.Add(-1)
		c.from.release()
		c.from = nil
	}
	return err
}

func (c *conn) Ping(ctx context.Context) error {
	if err := c.begin(); err != nil {
		return err
	}
	if p, ok := c.Conn.(driver.Pinger); ok {
		return p.Ping(ctx)
	}
	return nil
}

func (c *conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if err := c.begin(); err != nil {
		return nil, err
	}
	if p, ok := c.Conn.(driver.ConnPrepareContext); ok {
		return p.PrepareContext(ctx, query)
	}
	stmt, err := c.Prepare(query)
	if err == nil && ctx.Err() != nil {
		_ = stmt.Close()
		return nil, ctx.Err()
	}
	return stmt, err
}

// If the driver has no BeginTx, this BeginTx behaves like database/sql.
func (c *conn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	if err := c.begin(); err != nil {
		return nil, err
	}
	if b, ok := c.Conn.(driver.ConnBeginTx); ok {
		return b.BeginTx(ctx, opts)
	}
	switch {
	case opts.Isolation != 0:
		return nil, errors.New("sql: driver does not support non-default isolation level")
	case opts.ReadOnly:
		return nil, errors.New("sql: driver does not support read-only transactions")
	}
	tx, err := c.Begin()
	if err == nil && ctx.Err() != nil {
		_ = tx.Rollback()
		return nil, ctx.Err()
	}
	return tx, err
}

func (c *conn) CheckNamedValue(v *driver.NamedValue) error {
	if n, ok := c.Conn.(driver.NamedValueChecker); ok {
		return n.CheckNamedValue(v)
	}
	return driver.ErrSkip
}
