package dbsql

import (
	"context"
	"database/sql/driver"
	"errors"
)

// A driver whose connections don't run statements by themselves has them prepared,
// and its statements then check the arguments, not the connection. So the wrapper
// must not have ExecContext or QueryContext where the driver's connection has not:
// database/sql would check the arguments before it could learn better.
type (
	execConn  struct{ *conn }
	queryConn struct{ *conn }
	bothConn  struct{ *conn }
)

// capable returns c with the methods that run statements that its driver has.
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

// plain is what database/sql does before it calls a driver that has no context.
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

// Unwrap returns the driver's own connection, for [sql.Conn.Raw], which gets the
// wrapper of this package:
//
//	err := conn.Raw(func(c any) error {
//		return dbsql.Unwrap(c).(*stdlib.Conn).Conn().Ping(ctx)
//	})
//
// What is not such a wrapper comes back as it is. Don't close what it returns.
func Unwrap(c any) any {
	if w, ok := c.(interface{ unwrap() driver.Conn }); ok {
		return w.unwrap()
	}
	return c
}

func (c *conn) unwrap() driver.Conn { return c.Conn }
