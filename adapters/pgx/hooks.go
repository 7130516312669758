package pgxsecret

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/secretmux/secretmux/adapters/dbsql"
)

// leaseKey is the key of a connection's lease in its custom data.
const leaseKey = "github.com/secretmux/secretmux/adapters/pgx: lease"

// hook puts the pool's hooks around the user's.
func (p *Pool) hook(cfg *pgxpool.Config) {
	before, prepare := cfg.BeforeConnect, preparing(cfg)
	cfg.BeforeConnect = func(ctx context.Context, cc *pgx.ConnConfig) error {
		if err := p.login.Opening(); err != nil {
			return err // an idle connection may still be used
		}
		if before != nil {
			if err := before(ctx, cc); err != nil {
				return err
			}
		}
		return p.beforeConnect(cc)
	}
	cfg.PrepareConn = func(ctx context.Context, conn *pgx.Conn) (bool, error) {
		if over(conn.PgConn()) {
			return false, nil
		}
		if prepare == nil {
			return true, nil
		}
		return prepare(ctx, conn)
	}
}

// preparing returns the user's hook. pgxpool would ignore a BeforeAcquire beside our
// PrepareConn.
func preparing(cfg *pgxpool.Config) func(context.Context, *pgx.Conn) (bool, error) {
	acquire := cfg.BeforeAcquire //nolint:staticcheck // users have it
	if cfg.PrepareConn != nil || acquire == nil {
		return cfg.PrepareConn
	}
	return func(ctx context.Context, conn *pgx.Conn) (bool, error) { return acquire(ctx, conn), nil }
}

// beforeConnect sets the newest value, and makes the connection note its lease.
func (p *Pool) beforeConnect(cc *pgx.ConnConfig) error {
	s, began := p.current(), time.Now()
	if err := apply(p.apply, cc, s); err != nil {
		return err // the value was tried before, so the user's own hook is the cause
	}
	connected := cc.AfterConnect
	cc.AfterConnect = func(ctx context.Context, conn *pgconn.PgConn) error {
		conn.CustomData()[leaseKey] = p.login.Opened(s, began)
		if connected == nil {
			return nil
		}
		return connected(ctx, conn)
	}
	return nil
}

// over reports whether a connection has to be closed.
func over(conn *pgconn.PgConn) bool {
	lease, ok := conn.CustomData()[leaseKey].(*dbsql.Lease)
	return ok && lease.Over()
}
