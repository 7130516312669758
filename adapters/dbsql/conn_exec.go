package dbsql

import (
	"context"
	"database/sql/driver"
	"errors"
)

// If a driver's connections don't run statements themselves, database/sql prepares the
// statements, and they check the arguments instead of the connection. So the wrapper
// must not have ExecContext or QueryContext if the driver's connection does not:
// database/sql would check the arguments too early.
type (
	execConn  struct{ *conn }
	queryConn struct{ *conn }
	bothConn  struct{ *conn }
)

// capable returns c with the methods of its driver that run statements.
func capable(c *conn) driver.Conn {
	_, execContext := c.Conn.(driver.ExecerContext)
	_, exec := c.Conn.(driver.Execer) //nolint:staticcheck // drivers have it
	_, queryContext := c.Conn.(driver.QueryerContext)
	_, query := c.Conn.(driver.Queryer) //nolint:staticcheck // drivers have it
	switch exec, query := exec || execContext, query || queryContext; {
	case exec && query:
		return bothConn{c}
	case exec:
		return execConn{c}
	case query:
		return queryConn{c}
	default:
		return c
	}
}

func (c execConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	return c.exec(ctx, query, args)
}

func (c queryConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return c.query(ctx, query, args)
}

func (c bothConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	return c.exec(ctx, query, args)
}

func (c bothConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return c.query(ctx, query, args)
}

func (c *conn) exec(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if err := c.begin(); err != nil {
		return nil, err
	}
	if e, ok := c.Conn.(driver.ExecerContext); ok {
		return e.ExecContext(ctx, query, args)
	}
	values, err := plain(ctx, args)
	if err != nil {
		return nil, err
	}
	return c.Conn.(driver.Execer).Exec(query, values) //nolint:staticcheck,errcheck // capable has asked
}

func (c *conn) query(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if err := c.begin(); err != nil {
		return nil, err
	}
	if q, ok := c.Conn.(driver.QueryerContext); ok {
		return q.QueryContext(ctx, query, args)
	}
	values, err := plain(ctx, args)
	if err != nil {
		return nil, err
	}
	return c.Conn.(driver.Queryer).Query(query, values) //nolint:staticcheck,errcheck // capable has asked
}

// plain converts arguments like database/sql does before it calls a driver without
// contexts.
func plain(ctx context.Context, args []driver.NamedValue) ([]driver.Value, error) {
	values := make([]driver.Value, len(args))
	for i, arg := range args {
		if arg.Name != "" {
			return nil, errors.New("sql: driver does not support the use of Named Parameters")
		}
		values[i] = arg.Value
	}
	return values, ctx.Err()
}

// Unwrap returns the driver's own connection. It is for [sql.Conn.Raw], which gets the
// wrapper of this package:
//
//	err := conn.Raw(func(c any) error {
//		return dbsql.Unwrap(c).(*stdlib.Conn).Conn().Ping(ctx)
//	})
//
// A value that is not this wrapper is returned unchanged. Don't close the result.
func Unwrap(c any) any {
	if w, ok := c.(interface{ unwrap() driver.Conn }); ok {
		return w.unwrap()
	}
	return c
}

func (c *conn) unwrap() driver.Conn { return c.Conn }
