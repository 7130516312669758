package pgxsecret

import (
	"cmp"
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/secretmux/secretmux"
)

// do calls try, and calls it again if the login of its connection was refused.
func (p *Pool) do(ctx context.Context, try func(ctx context.Context) error) error {
	return p.login.Do(ctx, func(ctx context.Context, _ secretmux.Secret) error { return try(ctx) })
}

// Acquire is [pgxpool.Pool.Acquire].
func (p *Pool) Acquire(ctx context.Context) (conn *pgxpool.Conn, err error) {
	err = p.do(ctx, func(ctx context.Context) error {
		conn, err = p.pool.Acquire(ctx)
		return err
	})
	return conn, err
}

// AcquireFunc is [pgxpool.Pool.AcquireFunc].
func (p *Pool) AcquireFunc(ctx context.Context, f func(*pgxpool.Conn) error) error {
	conn, err := p.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	return f(conn)
}

// Exec is [pgxpool.Pool.Exec].
func (p *Pool) Exec(ctx context.Context, sql string, args ...any) (tag pgconn.CommandTag, err error) {
	err = p.do(ctx, func(ctx context.Context) error {
		tag, err = p.pool.Exec(ctx, sql, args...)
		return err
	})
	return tag, err
}

// Query is [pgxpool.Pool.Query].
func (p *Pool) Query(ctx context.Context, sql string, args ...any) (rows pgx.Rows, err error) {
	err = p.do(ctx, func(ctx context.Context) error {
		rows, err = p.pool.Query(ctx, sql, args...)
		return err
	})
	if err != nil {
		rows, _ = failed(err).Query() // its error is err
	}
	return rows, err
}

// failed has results that are all err.
func failed(err error) pgx.BatchResults { return pgx.FailedBatchResults(&pgx.Batch{}, err) }

// QueryRow is [pgxpool.Pool.QueryRow].
func (p *Pool) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	rows, err := p.Query(ctx, sql, args...)
	if err != nil {
		return failed(err).QueryRow()
	}
	return row{rows}
}

// row is the first row of rows, like pgx's own.
type row struct{ rows pgx.Rows }

func (r row) Scan(dest ...any) error {
	defer r.rows.Close()
	for _, d := range dest {
		if _, ok := d.(*pgtype.DriverBytes); ok { // these bytes are valid only until the rows are closed
			return errors.New("cannot scan into *pgtype.DriverBytes from QueryRow")
		}
	}
	if !r.rows.Next() {
		return cmp.Or(r.rows.Err(), pgx.ErrNoRows)
	}
	if err := r.rows.Scan(dest...); err != nil {
		return err
	}
	r.rows.Close() // Close reads the rest, which may hold an error
	return r.rows.Err()
}

// Begin is [pgxpool.Pool.Begin].
func (p *Pool) Begin(ctx context.Context) (pgx.Tx, error) { return p.BeginTx(ctx, pgx.TxOptions{}) }

// BeginTx is [pgxpool.Pool.BeginTx].
func (p *Pool) BeginTx(ctx context.Context, o pgx.TxOptions) (tx pgx.Tx, err error) {
	err = p.do(ctx, func(ctx context.Context) error {
		tx, err = p.pool.BeginTx(ctx, o)
		return err
	})
	return tx, err
}

// CopyFrom is [pgxpool.Pool.CopyFrom].
func (p *Pool) CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, rows pgx.CopyFromSource) (n int64, err error) {
	err = p.do(ctx, func(ctx context.Context) error {
		n, err = p.pool.CopyFrom(ctx, table, columns, rows)
		return err
	})
	return n, err
}

// Ping is [pgxpool.Pool.Ping].
func (p *Pool) Ping(ctx context.Context) error {
	return p.do(ctx, p.pool.Ping)
}
